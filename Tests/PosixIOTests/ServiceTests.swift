import Glibc
import Testing

@testable import PosixIO

@Suite struct ServiceTests {
    // MARK: Passed sockets

    private func names(_ environment: [String: String]) throws -> [String] {
        try PassedSockets.assignment(
            ["LISTEN_PID": "7"].merging(environment) { $1 }, pid: 7)
    }

    @Test func socketsAreCalledByNameOrOrder() throws {
        #expect(try names([:]) == [])
        #expect(try names(["LISTEN_FDS": "0"]) == [])
        #expect(try names(["LISTEN_FDS": "2"]) == ["ingest", "http"])
        #expect(try names(["LISTEN_FDS": "1"]) == ["ingest"])
        #expect(try names(["LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:ingest"]) == ["http", "ingest"])
        #expect(try names(["LISTEN_FDS": "1", "LISTEN_FDNAMES": "http"]) == ["http"])
        #expect(try names(["LISTEN_FDS": "2", "LISTEN_FDNAMES": "a.socket:a.socket"]) == ["ingest", "http"])
        #expect(try names(["LISTEN_FDS": "1", "LISTEN_FDNAMES": "unknown"]) == ["ingest"])
        #expect(try names(["LISTEN_FDS": "0", "LISTEN_FDNAMES": ""]) == [])
        #expect(try names(["LISTEN_FDS": "2", "LISTEN_PID": "8"]) == [])
        #expect(try PassedSockets.assignment(["LISTEN_FDS": "2"], pid: 7) == [])
    }

    @Test(arguments: [
        ["LISTEN_FDS": ""], ["LISTEN_FDS": "two"], ["LISTEN_FDS": "-2"], ["LISTEN_FDS": "3"],
        ["LISTEN_FDS": "99999999999999999999"], ["LISTEN_FDS": "1", "LISTEN_PID": ""],
        ["LISTEN_FDS": "1", "LISTEN_PID": "0"], ["LISTEN_FDS": "1", "LISTEN_PID": "7 "],
        ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "ingest"], ["LISTEN_FDS": "1", "LISTEN_FDNAMES": "ingest:"],
        ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "http:http"],
        ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "ingest:other"],
        ["LISTEN_FDS": "2", "LISTEN_FDNAMES": "one:other"],
    ])
    func namesThatMeanNothing(_ environment: [String: String]) {
        #expect(throws: PassedSockets.Fault.self) { try names(environment) }
    }

    // MARK: Being told

    @Test func theWatchdogIsOurs() {
        func time(_ usec: String, _ pid: String? = nil) -> Int64? {
            var environment = ["WATCHDOG_USEC": usec]
            environment["WATCHDOG_PID"] = pid
            return ServiceEnvironment(environment, pid: 7).watchdogNanoseconds
        }
        #expect(time("30000000") == 30_000_000_000)
        #expect(time("1", "7") == 1000)
        #expect(time("1", "8") == nil && time("1", "") == nil)
        for text in ["", "0", "-1", "1s", "0x10", "9223372036854775807", " 1"] {
            #expect(time(text) == nil)
            #expect(ServiceEnvironment(["WATCHDOG_USEC": text], pid: 7).faults.count == 1)
        }
        #expect(ServiceEnvironment([:], pid: 7) == .none)
        #expect(ServiceEnvironment(["NOTIFY_SOCKET": ""], pid: 7).socket == nil)
    }

    /// A datagram socket that somebody reads, or does not.
    private final class Manager {
        let descriptor: Int32
        let address: String

        init(_ address: String) throws {
            self.address = address
            let type = SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
            descriptor = socket(AF_UNIX, Int32(type), 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { room in
                room.copyBytes(from: address.utf8)
                if address.hasPrefix("@") { room[0] = 0 }
            }
            let length = socklen_t(2 + address.utf8.count + (address.hasPrefix("@") ? 0 : 1))
            let bound = withUnsafeBytes(of: &name) {
                bind(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
            }
            try #require(bound == 0)
        }

        func next() -> String? {
            var room = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &room, room.count, 0)
            return count < 0 ? nil : String(decoding: room[..<count], as: UTF8.self)
        }

        deinit {
            close(descriptor)
            if address.hasPrefix("/") { unlink(address) }
        }
    }

    @Test(arguments: ["/tmp/pointerscope-notify-", "@pointerscope-notify-"])
    func messagesArriveAtPathsAndNames(_ prefix: String) throws {
        let manager = try Manager(prefix + String(getpid()))
        let notifier = try ServiceNotifier(to: manager.address)
        notifier.send(["READY=1", "STATUS=well"])
        #expect(manager.next() == "READY=1\nSTATUS=well" && notifier.failure == nil)
        notifier.sendNow("WATCHDOG=1")
        #expect(manager.next() == "WATCHDOG=1" && manager.next() == nil && !notifier.hasWaiting)
    }

    @Test func whatIsNotTakenIsToldLaterInItsOrder() throws {
        let path = "/tmp/pointerscope-late-\(getpid())"
        let notifier = try ServiceNotifier(to: path)
        notifier.send(["READY=1"])
        #expect(notifier.hasWaiting && notifier.failure?.code == ENOENT)
        // Sixteen are kept, the newest, and of signs of life none.
        for number in 1...16 { notifier.send(["STATUS=\(number)"]) }
        notifier.sendNow("WATCHDOG=1")
        let manager = try Manager(path)
        for number in 1...16 {
            notifier.retry()
            #expect(manager.next() == "STATUS=\(number)")
        }
        #expect(manager.next() == nil && !notifier.hasWaiting && notifier.failure == nil)
        // A full queue is no different.
        var sent = 0
        while !notifier.hasWaiting {
            notifier.send(["STATUS=\(sent)"])
            sent += 1
        }
        #expect(notifier.failure?.code == EAGAIN)
        for number in 0..<sent {
            notifier.retry()
            #expect(manager.next() == "STATUS=\(number)")
        }
    }

    @Test func addressesThatAreNone() {
        func fault(_ path: String) -> ServiceNotifier.Fault? {
            do throws(ServiceNotifier.Fault) {
                _ = try ServiceNotifier(to: path)
                return nil
            } catch { return error }
        }
        for path in ["", "@", "relative", "vsock:2:1", "/a\0b"] { #expect(fault(path) == .noAddress) }
        #expect(fault("/" + String(repeating: "x", count: 106)) == nil)
        #expect(
            fault("@" + String(repeating: "x", count: 107)) == .longAddress(bytes: 108))
    }

    @Test func aBuildSaysWhatItIs() {
        #expect(["debug", "release"].contains(BuildFacts.type))
        #expect(!BuildFacts.commit.isEmpty && !BuildFacts.toolchain.isEmpty)
    }
}
