import AccessControl
import ByteCore
import HelperProcesses
import PosixIO
import ProxyWire
import Telemetry
import ViewerGateway

/// The lines about people and programs, of which strangers cause as many as they like: so many in a while are
/// written, and of the rest the number.
final class AccessLog {
    private let log: EventLog
    private var windowEnd: Int64 = .min
    private var written = 0
    private var left: Int64 = 0

    init(_ log: EventLog) { self.log = log }

    func tick(now: Int64) {
        guard now >= windowEnd else { return }
        if left > 0 { log.write("access_lines_left_out") { $0.add("count", left) } }
        windowEnd = now + MasterLimits.accessLogNanoseconds
        written = 0
        left = 0
    }

    /// What somebody typed for a name: of a longer one than there can be the beginning and an ellipsis.
    private static func shown(_ name: [UInt8]) -> String {
        String(decoding: name.prefix(64), as: UTF8.self) + (name.count > 64 ? "…" : "")
    }

    private func writeOne(_ event: StaticString, _ body: (inout LogLine) -> Void) {
        guard written < MasterLimits.accessLogLines else {
            left += 1
            return
        }
        written += 1
        log.write(event, body)
    }

    func write(_ event: AccessEvent) {
        switch event {
        case .signedIn(let name, let source, let took):
            log.write("signed_in") { line in
                line.add("name", name.text)
                line.add("from", source.words)
                line.add("took_ms", took)
            }
        case .refused(let refusal, let name, let source):
            writeOne("sign_in_refused") { line in
                line.add("from", source.words)
                line.add("why", "\(refusal.word)")
                if !name.isEmpty { line.add("name", Self.shown(name)) }
            }
        case .occupied(let name, let source):
            writeOne("sign_in_occupied") { line in
                line.add("from", source.words)
                line.add("name", name?.text ?? "")
            }
        case .overloaded(let source): writeOne("sign_in_overloaded") { $0.add("from", source.words) }
        case .madeFirstAdmin(let name, let source):
            log.write("first_admin_made") { line in
                line.add("name", name.text)
                line.add("from", source.words)
            }
        case .ended(let ended, let streams): write(ended, streams)
        case .programRefused(let why, let source):
            writeOne("program_refused") { line in
                line.add("from", source.words)
                line.add("why", why)
            }
        case .forged(let what, let source):
            writeOne("form_refused") { line in
                line.add("from", source.words)
                line.add("why", "\(what)")
            }
        }
    }

    private func write(_ ended: Ended, _ streams: Int) {
        let event: StaticString =
            switch ended.source {
            case .session: "session_ended"
            case .token, .jwt: "token_ended"
            case .header, .open: "grant_ended"
            }
        log.write(event) { line in
            line.add("name", ended.name.text)
            line.add("why", "\(ended.why.word)")
            if case .takenOver(let by?) = ended.why { line.add("by", by.words) }
            line.add("streams", streams)
        }
    }

    // MARK: The state directory

    func admins(_ count: Int) { log.write("admins_read") { $0.add("count", count) } }

    func tokens(_ count: Int) { log.write("tokens_read") { $0.add("count", count) } }

    func stateFault(_ why: String) { log.write("state_fault") { $0.add("why", why) } }

    func stateMended() { log.write("state_mended") }

    func sessionsDropped() { log.write("sessions_dropped") { $0.add("why", "their file is damaged") } }

    func notKept(_ file: String, _ code: Int32) {
        log.write("state_not_written") { line in
            line.add("file", file)
            line.add("why", SystemError("write", code: code).text)
        }
    }

    // MARK: The helpers

    func write(_ helper: String, _ note: HelperNote) {
        switch note {
        case .started(let pid):
            log.write("helper_started") { line in
                line.add("helper", helper)
                line.add("pid", Int(pid))
            }
        case .ended(let pid, let how, let pause):
            log.write("helper_exited") { line in
                line.add("helper", helper)
                line.add("pid", Int(pid))
                line.add("how", how.text)
                line.add("restarts_after_ms", pause / 1_000_000)
            }
        case .notStarted(let error, let pause):
            log.write("helper_not_started") { line in
                line.add("helper", helper)
                line.add("why", error.text)
                line.add("restarts_after_ms", pause / 1_000_000)
            }
        case .said(let pid, let said):
            log.write("helper_said") { line in
                line.add("helper", helper)
                line.add("pid", Int(pid))
                line.add("text", said.text)
                if said.omitted > 0 { line.add("omitted", said.omitted) }
            }
        case .killed(let pid):
            log.write("helper_killed") { line in
                line.add("helper", helper)
                line.add("pid", Int(pid))
            }
        }
    }
}
