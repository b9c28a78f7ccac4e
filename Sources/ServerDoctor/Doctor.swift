import Glibc
import MonitorClient
import PosixIO
import TLSClient

/// `pointerscope doctor`: asks a server from outside, as browsers, pages and viewers do, one question after
/// the other.
final class Doctor {
    private let settings: DoctorSettings
    private let url: ServerURL
    private let site: Site
    private let trust: TLSTrust?
    private let token: String?
    private var diagnosis: Diagnosis
    /// Everything that was answered, for what is judged by all of it.
    private var replies: [Reply] = []
    private var clock: Judge.ClockFinding?
    /// Whether standard output has taken all so far.
    private(set) var isHeard = true

    init(_ settings: DoctorSettings, trusting trust: TLSTrust?, token: String?) {
        self.settings = settings
        self.trust = trust
        self.token = token
        url = settings.server
        site = Site(url, hasToken: token != nil)
        diagnosis = Diagnosis(url: url.text)
    }

    /// Asks everything, and tells it; returns whether nothing fails.
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
        let addresses: [SocketAddress]
        switch Self.resolve(url) {
        case .failed(let why): return tell(Judge.name(why, site))
        case .addresses(let found): addresses = found
        }
        let found = Self.reach(addresses)
        tell(Judge.connect(found.map(\.finding), site))
        guard let first = found.first(where: { $0.finding.failure == nil })?.address else { return }
        let prober = Prober(url: url, address: first, trust: trust, token: token)
        guard examineCertificate(prober) else { return }
        examineRedirection(first)
        guard let front = examinePages(prober) else { return }
        examineIngest(prober, front)
        let stream = Judge.stream(prober.stream(), site)
        tell(stream)
        // One that is held back tells nothing of what it says.
        if stream.first?.level == .ok { tell(Judge.resume(isReset: prober.isResumeHeard())) }
        examineServer(prober)
    }

    // MARK: Reaching it

    static func resolve(_ url: ServerURL) -> NameLookup.Outcome {
        // A literal needs no resolver, and localhost is known.
        let names = url.host == "localhost" ? ["127.0.0.1", "[::1]"] : [url.host, "[\(url.host)]"]
        let literals = names.compactMap { try? SocketAddress(parsing: "\($0):\(url.port)") }
        guard literals.isEmpty else { return .addresses(literals) }
        do throws(SystemError) {
            let lookup = try NameLookup.start(host: url.host, port: url.port)
            let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.resolveMilliseconds)
            _ = waitUntilReady(lookup.raw, for: .readable, deadline: deadline)
            return lookup.outcome ?? .failed("no answer from the resolver")
        } catch {
            return .failed(error.text)
        }
    }

    typealias Reached = (address: SocketAddress, finding: Judge.AddressFinding)

    /// Connects to all addresses at once. Of the two of localhost one is enough.
    static func reach(_ addresses: [SocketAddress]) -> [Reached] {
        let deadline = MonotonicClock.now() + Limits.nanoseconds(Limits.connectMilliseconds)
        var waiting = Slab<Descriptor>()
        var found: [Reached] = []
        var places: [(place: Int, slot: Int)] = []
        for address in addresses {
            var finding = Judge.AddressFinding(address: address.text)
            do throws(SystemError) {
                let slot = waiting.insert(try connecting(to: address))
                places.append((found.count, Int(slot.index)))
            } catch {
                finding.failure = error.reason
            }
            found.append((address, finding))
        }
        for (place, slot) in places {
            guard let raw = unsafe waiting.at(slot)?.element.pointee.raw else { continue }
            guard waitUntilReady(raw, for: .writable, deadline: deadline) else {
                found[place].finding.failure = ProbeFailure.connectTimeout.text
                continue
            }
            let code = connectionError(of: raw)
            if code != 0 { found[place].finding.failure = SystemError("connect", code: code).reason }
        }
        let isLocalhost = addresses.count == 2 && addresses.allSatisfy(\.isLoopback)
        let alive = found.filter { $0.finding.failure == nil }
        return isLocalhost && !alive.isEmpty ? alive : found
    }

    private func examineCertificate(_ prober: Prober) -> Bool {
        let now = MonotonicClock.wallClock() / 1_000_000_000
        guard site.isSecure else {
            tell(Judge.certificate(nil, site, now: now))
            return true
        }
        switch prober.certificate() {
        case .failure(let failure):
            tell(Judge.certificate(.refused(failure.text, failure.certificateFault), site, now: now))
            return false
        case .success(let shown):
            let certificate = shown?.certificate ?? PeerCertificate()
            tell(
                Judge.certificate(
                    .believed(
                        notBefore: certificate.notBefore, notAfter: certificate.notAfter,
                        end: utcText(certificate.notAfter), names: certificate.names,
                        version: shown?.version ?? ""), site, now: now))
            return true
        }
    }

    private func examineRedirection(_ address: SocketAddress) {
        let standard: UInt16? = site.isSecure && url.port == 443 ? 80 : nil
        guard site.isSecure, let port = settings.plainPort ?? standard else { return }
        let name = url.host.contains(":") ? "[\(url.host)]" : url.host
        let host = address.family == AF_INET6 ? "[\(address.host)]" : address.host
        guard let plain = try? ServerURL(parsing: "http://\(name):\(port)\(url.basePath)"),
            let there = try? SocketAddress(parsing: "\(host):\(port)")
        else { return }
        let prober = Prober(url: plain, address: there, trust: nil, token: nil)
        tell(Judge.redirect(prober.get("/"), port: Int(port), site))
    }

    // MARK: What it answers

    private func get(
        _ prober: Prober, _ path: String, whole: Bool = false, _ fields: [Prober.Field] = []
    ) -> Reply {
        let reply = prober.get(path, whole: whole, fields)
        replies.append(reply)
        if clock == nil, let date = reply.answer?.value("date") {
            clock = Judge.ClockFinding(date: date, now: MonotonicClock.wallClock() / 1_000_000_000)
        }
        return reply
    }

    /// Looks at health and pages; returns what the front page is, nil where there is no answer at all.
    private func examinePages(_ prober: Prober) -> Reply? {
        let health = get(prober, "/healthz")
        guard health.answer != nil else {
            tell(Judge.health(health, ready: health, site))
            return nil
        }
        tell(Judge.health(health, ready: get(prober, "/readyz"), site))
        let path = "/admin/doctor"
        // Who does not ask for a page gets none to sign in on.
        let page = get(prober, path, [("Accept", "text/html")])
        if token != nil {
            // The page to sign in on is where a cookie is set first.
            let stranger = Prober(url: url, address: prober.address, trust: trust, token: nil)
            _ = get(stranger, path, [("Accept", "text/html")])
        }
        let html = page.answer?.isPage == true ? page.answer?.body ?? [] : []
        let links = PageLinks.paths(in: html, page: url.basePath + path)
        let assets = links.map { Judge.AssetFinding(path: $0, reply: get(prober, $0, whole: true)) }
        tell(Judge.host(replies, site))
        if page.answer?.isPage == true {
            let other = prober.get(path, host: Judge.strangeHost, [("Accept", "text/html")])
            tell(Judge.strangers(other))
        }
        tell(Judge.page(page, assets, site))
        tell(Judge.headers(page, site))
        return get(prober, "/")
    }

    private func examineIngest(_ prober: Prober, _ front: Reply) {
        guard let ingest = settings.ingest ?? ownIngest(front) else {
            return tell(.skip("ingest", "skipped: the sample page does not name it; --ingest-url does"))
        }
        let name = "\(ingest.isSecure ? "wss" : "ws")://\(ingest.authority)\(ingest.basePath)"
        let isSame = ingest.host == url.host && ingest.port == url.port
        var address = prober.address
        if !isSame {
            guard case .addresses(let found) = Self.resolve(ingest),
                let first = Self.reach(found).first(where: { $0.finding.failure == nil })?.address
            else {
                return tell(
                    Judge.upgrade(.refused(.failed("cannot be reached")), url: name, site))
            }
            address = first
        }
        do throws(TLSFailure) {
            var other = ingest.isSecure ? trust : nil
            if ingest.isSecure, other == nil { other = try TLSTrust(authorities: settings.authorities) }
            let prober = Prober(url: ingest, address: address, trust: other, token: nil)
            var first = prober.upgrade(origin: nil)
            // A list of origins refuses who names none, but never the server's own pages.
            if case .refused(.answered(let answer)) = first, answer.status == 403 {
                first = prober.upgrade(origin: site.origin)
            }
            tell(Judge.upgrade(first, url: name, site))
            let origin = settings.origin ?? site.origin
            let second = first == .opened ? prober.upgrade(origin: origin) : first
            tell(Judge.origin(second, first: first, origin: origin))
        } catch {
            tell(Judge.upgrade(.refused(.failed(error.text)), url: name, site))
        }
    }

    /// Where visitors' sockets arrive when nobody says: a path below a public URL; beside a server of this
    /// machine what its sample page names.
    private func ownIngest(_ front: Reply) -> ServerURL? {
        guard site.isLoopback, !site.hasProxy else {
            return try? ServerURL(parsing: url.text + "/ws")
        }
        for tag in String(decoding: front.answer?.body ?? [], as: UTF8.self).split(separator: "<") {
            guard let named = PageLinks.value(of: "data-ingest", in: tag.prefix(while: { $0 != ">" })) else {
                continue
            }
            return try? DoctorSettings.ingestURL(parsing: named)
        }
        return nil
    }

    private func examineServer(_ prober: Prober) {
        let session = get(prober, "/api/session")
        let seen = session.answer.flatMap { $0.status == 200 ? SessionReport.parse($0.body) : nil }
        var finding = Judge.ForwardingFinding(reply: session, seen: seen)
        if seen != nil {
            let claim = prober.get("/api/session", [("X-Forwarded-For", Judge.forgedAddress)])
            finding.seenForged = claim.answer.flatMap { SessionReport.parse($0.body) }
        }
        tell(Judge.forwarding(finding, site))
        tell(Judge.clock(clock))
        tell(Judge.cookies(replies, site))
        tell(Judge.descriptors(get(prober, "/metrics"), localLimit: DescriptorLimit.raise(), site))
    }
}

extension Site {
    init(_ url: ServerURL, hasToken: Bool) {
        let name = url.host.contains(":") ? "[\(url.host)]" : url.host
        let standard: UInt16 = url.isSecure ? 443 : 80
        let address = try? SocketAddress(parsing: "\(name):\(url.port)")
        self.init(
            url: url.text,
            origin: (url.isSecure ? "https://" : "http://") + name.lowercased()
                + (url.port == standard ? "" : ":\(url.port)"),
            host: url.host, basePath: url.basePath, isSecure: url.isSecure,
            isLoopback: url.host == "localhost" || address?.isLoopback == true, hasToken: hasToken)
    }
}

/// Looks at a server, and says on standard output what is wrong; returns the exit status.
public func examine(_ settings: DoctorSettings) -> Int32 {
    var token: String?
    if let path = settings.tokenFile {
        do throws(TokenFile.Fault) {
            token = try TokenFile.read(path)
        } catch {
            complain("--token-file \(path) \(error.text)")
            return ExitCode.noInput.rawValue
        }
    }
    let trust: TLSTrust?
    do throws(TLSFailure) {
        trust = settings.server.isSecure ? try TLSTrust(authorities: settings.authorities) : nil
    } catch {
        return refuse(error, of: settings.server.text)
    }
    let doctor = Doctor(settings, trusting: trust, token: token)
    let isWell = doctor.run()
    guard doctor.isHeard || errno == EPIPE else {
        complain("standard output: \(SystemError("write").text)")
        return ExitCode.inputOutput.rawValue
    }
    return isWell ? ExitCode.success.rawValue : ExitCode.unmet.rawValue
}
