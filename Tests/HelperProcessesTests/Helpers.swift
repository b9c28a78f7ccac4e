import Glibc
import PosixIO
import Testing

/// A loop like the master's, for one helper.
final class Loop {
    let poller: Poller
    /// The program under test, which lies beside that of the tests.
    let executable: Descriptor
    static let kind: UInt8 = 9

    init() throws {
        poller = try Poller()
        var room = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &room, room.count)
        let own = String(decoding: room[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
            separator: "/")
        executable = try Descriptor.opening("\(folder)/pointerscope", flags: O_RDONLY)
    }

    var now: Int64 { MonotonicClock.now() }

    /// Waits for events and hands them to `body` until it says that it has seen enough; 20 s at most.
    func run(_ tick: () -> Int64?, _ body: (ReadyEvent) -> Bool) throws {
        let end = now + 20_000_000_000
        while now < end {
            let deadline = min(tick() ?? end, end)
            let count = try poller.wait(timeoutNanoseconds: max(deadline - now, 0))
            for index in 0..<count where body(poller.event(at: index)) { return }
        }
        Issue.record("nothing came of it within 20 s")
    }
}
