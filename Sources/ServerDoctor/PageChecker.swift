import Glibc
import MonitorClient
import PosixIO
import TLSClient

/// `pointerscope check`: loads a page as a browser would, and says whether its tag works there.
final class PageChecker {
    private let settings: PageCheckSettings
    private var trust: TLSTrust?
    private var diagnosis: Diagnosis
    /// Whether standard output has taken all so far.
    private(set) var isHeard = true

    init(_ settings: PageCheckSettings) {
        self.settings = settings
        diagnosis = Diagnosis(url: settings.page.text)
    }

    /// Looks at everything, and tells it; returns whether nothing fails.
    func run() -> Bool {
        examine()
        say(settings.isJSON ? diagnosis.json : diagnosis.summary)
        return diagnosis.isWell
    }

    private func tell(_ verdicts: [Verdict]) {
        diagnosis.add(verdicts)
        guard !settings.isJSON else { return }
        for verdict in verdicts { say(oneLine(verdict.line)) }
    }

    private func tell(_ verdict: Verdict?) { tell(verdict.map { [$0] } ?? []) }

    private func say(_ line: String) { isHeard = writeText(line + "\n", to: STDOUT_FILENO) && isHeard }

    private func examine() {
        let (reply, page) = follow(settings.page)
        let verdict = PageJudge.page(reply, at: page, asked: settings.page)
        tell(verdict)
        guard let answer = reply.answer, verdict.level != .fail else { return }
        let elements = PageElements.find(in: answer.body)
        let tags = PageTag.all(in: elements)
        let chosen = Self.choice(of: tags)
        let base = elements.first { $0.kind == .base && $0.value("href") != nil }
            .flatMap { page.resolved($0.value("href") ?? "") }
        let reference = chosen?.reference.flatMap { $0.isEmpty ? nil : $0 }
        let address = reference.flatMap { (base ?? page).resolved($0) }
        tell(PageJudge.tags(tags, chosen: chosen, at: address))
        guard let chosen, chosen.form != .call else { return }
        tell(PageJudge.scope(chosen, on: page))
        var script = Array(chosen.element.content)
        if let address {
            let (reply, end) = follow(address)
            tell(PageJudge.script(reply, at: end, on: page))
            script = reply.answer?.body ?? []
        } else if chosen.form != .copy {
            return
        }
        let policies = Self.policies(of: answer, elements, before: chosen.element)
        tell(PageJudge.scriptPolicy(policies, chosen, at: address, on: page))
        let endpoint = PageJudge.endpoint(of: chosen, script: script)
        tell(PageJudge.endpoint(endpoint, on: page))
        guard case .address(let ingest, _) = endpoint else { return }
        tell(PageJudge.connectPolicy(policies, to: ingest, on: page))
        examineIngest(ingest, for: page)
    }

    /// The first that browsers run; where none does, the first.
    private static func choice(of tags: [PageTag]) -> PageTag? {
        let running = tags.first { tag in
            switch tag.form {
            case .file, .moduleFile, .copy: true
            case .call, .dormant: false
            }
        }
        return running ?? tags.first { $0.form != .call } ?? tags.first
    }

    /// Those of the header, and of the metas that stand before the tag.
    private static func policies(
        of answer: Answer, _ elements: [PageElement], before tag: PageElement
    ) -> [PagePolicy] {
        let headers = answer.fields.filter { $0.name == "content-security-policy" }.map(\.value)
        let metas = elements.prefix { $0 != tag }.filter { element in
            element.kind == .meta
                && element.value("http-equiv")?.lowercased() == "content-security-policy"
        }
        return PagePolicy.all(in: headers)
            + metas.compactMap { $0.value("content") }.map { PagePolicy(parsing: $0) }
    }

    // MARK: Asking

    /// What answers at `address`, and where that is in the end.
    private func follow(_ address: WebAddress) -> (reply: Reply, end: WebAddress) {
        var address = address
        for _ in 0...Limits.redirects {
            let reply = get(address)
            guard let answer = reply.answer, [301, 302, 303, 307, 308].contains(answer.status),
                let location = answer.value("location"), let next = address.resolved(location),
                !next.scheme.isWebSocket
            else { return (reply, address) }
            address = next
        }
        return (get(address), address)
    }

    private func get(_ address: WebAddress) -> Reply {
        switch prober(for: address) {
        case .failure(let failure): return .failed(failure.text)
        case .success(let prober):
            return prober.get(
                address.target, whole: true, limit: Limits.pageBytes, [("Accept", "text/html, */*;q=0.8")])
        }
    }

    private struct Failure: Error {
        let text: String
    }

    /// Somebody who asks at an address's host.
    private func prober(for address: WebAddress) -> Result<Prober, Failure> {
        let scheme = address.scheme.isSecure ? "https" : "http"
        guard let url = try? ServerURL(parsing: "\(scheme)://\(address.host):\(address.port)") else {
            return .failure(Failure(text: "has an address that cannot be asked"))
        }
        let addresses: [SocketAddress]
        switch Doctor.resolve(url) {
        case .failed(let why): return .failure(Failure(text: "cannot be found: \(why)"))
        case .addresses(let found): addresses = found
        }
        let reached = Doctor.reach(addresses)
        guard let first = reached.first(where: { $0.finding.failure == nil })?.address else {
            return .failure(
                Failure(text: "cannot be reached: \(reached.first?.finding.failure ?? "no address")"))
        }
        do throws(TLSFailure) {
            if url.isSecure, trust == nil { trust = try TLSTrust(authorities: settings.authorities) }
        } catch {
            return .failure(Failure(text: error.text))
        }
        return .success(Prober(url: url, address: first, trust: url.isSecure ? trust : nil, token: nil))
    }

    /// Opens a WebSocket as the page would.
    private func examineIngest(_ ingest: WebAddress, for page: WebAddress) {
        switch prober(for: ingest) {
        case .failure(let failure):
            tell(
                .fail(
                    "ingest", "\(ingest.text) \(failure.text)",
                    mend: "the server must run, and its ingest port be reachable from where visitors are"))
        case .success(let prober):
            let found = prober.upgrade(origin: page.origin, target: ingest.target)
            let site = Site(prober.url, hasToken: false)
            if case .refused(.answered(let answer)) = found, answer.status == 403 {
                return tell(Judge.origin(found, first: .opened, origin: page.origin))
            }
            tell(Judge.upgrade(found, url: ingest.text, site))
            if found == .opened { tell(Judge.origin(found, first: found, origin: page.origin)) }
        }
    }
}

/// Looks at a page, and says on standard output whether its tag works; returns the exit status.
public func check(_ settings: PageCheckSettings) -> Int32 {
    let checker = PageChecker(settings)
    let isWell = checker.run()
    guard checker.isHeard || errno == EPIPE else {
        complain("standard output: \(SystemError("write").text)")
        return ExitCode.inputOutput.rawValue
    }
    return isWell ? ExitCode.success.rawValue : ExitCode.unmet.rawValue
}
