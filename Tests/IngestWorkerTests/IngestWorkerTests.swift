import ByteCore
import Foundation
import Glibc
import PointerEvents
import PosixIO
import RelayWire
import Telemetry
import Testing

@testable import IngestWorker

/// A whole worker between its two channels, with one visitor.
@Suite struct IngestWorkerTests {
    /// The master's ends and the visitor's; the worker runs on a thread of its own and never sweeps.
    private final class Bench {
        private let data: ByteStream
        private let control: ByteStream
        private let visitor: ByteStream
        private let page: SharedPage
        private let ended = DispatchSemaphore(value: 0)
        private var reader = RelayReader(from: .worker)
        private var inbound = ByteBuffer(capacity: 4096)

        init() throws {
            let dataPair = try SocketPair()
            let controlPair = try SocketPair()
            let visitorPair = try SocketPair()
            page = try SharedPage(name: "test")
            CountersPage.initialize(page.memory)
            var made = try IngestWorker(
                data: dataPair.second.duplicated(), control: controlPair.second.duplicated(),
                counters: Descriptor(owning: fcntl(page.raw, F_DUPFD_CLOEXEC, 0)), origins: [],
                requiresLoopbackHost: false,
                requiresLoopbackOrigin: false, visitorLimit: 10)
            // What a worker wants of its process is not for the process of all tests.
            SignalSource.restoreDefault(SIGINT)
            made.nextSweep = .max
            let worker = UnsafeMutablePointer<IngestWorker>.allocate(capacity: 1)
            worker.initialize(to: made)
            data = ByteStream(try dataPair.first.duplicated())
            control = ByteStream(try controlPair.first.duplicated())
            visitor = ByteStream(try visitorPair.first.duplicated())
            var hello = ByteBuffer(capacity: 64)
            hello.appendRelayHello()
            hello.appendRelayConnection(7, isFirst: true)
            [visitorPair.second.raw].withUnsafeBufferPointer {
                _ = DescriptorPassing.send(hello.readable, with: $0, over: data.raw)
            }
            nonisolated(unsafe) let work = worker
            let ended = ended
            Thread.detachNewThread {
                _ = work.pointee.run()
                work.deinitialize(count: 1)
                work.deallocate()
                ended.signal()
            }
            shakeHands()
        }

        private func shakeHands() {
            say(
                Array(
                    """
                    GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r
                    Sec-WebSocket-Protocol: json\r\n\r\n
                    """.utf8))
            #expect(String(decoding: hear(), as: UTF8.self).hasPrefix("HTTP/1.1 101 "))
        }

        func say(_ bytes: [UInt8]) {
            let result = bytes.withUnsafeBytes { visitor.write($0) }
            #expect(result == .bytes(bytes.count))
        }

        /// A frame under a mask of zeros.
        static func frame(_ opcode: UInt8, _ payload: String) -> [UInt8] {
            [0x80 | opcode, 0x80 | UInt8(payload.utf8.count), 0, 0, 0, 0] + Array(payload.utf8)
        }

        /// What the visitor is told next.
        func hear() -> [UInt8] {
            var poll = pollfd(fd: visitor.raw, events: Int16(POLLIN), revents: 0)
            guard Glibc.poll(&poll, 1, 20_000) == 1 else { return [] }
            return Self.available(on: visitor)
        }

        private static func available(on stream: borrowing ByteStream) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: 65_536) { room, count in
                let result = stream.read(into: UnsafeMutableRawBufferPointer(room))
                if case .bytes(let read) = result { count = read }
            }
        }

        /// The samples and leaves that are with the master now.
        func records() -> [String] {
            Self.available(on: data).withUnsafeBytes { inbound.append($0) }
            var words: [String] = []
            while let (record, consumed) = try? reader.next(inbound.readable) {
                switch record {
                case .sample(let sample): words.append("sample \(sample.pointee.x)")
                case .leave: words.append("leave")
                default: break
                }
                inbound.consume(consumed)
            }
            return words
        }

        func stop(withinMilliseconds milliseconds: UInt32) {
            var order = ByteBuffer(capacity: 64)
            order.appendControl(.hello)
            order.appendControl(.stop(deadlineMilliseconds: milliseconds))
            #expect(control.write(order.readable) == .bytes(order.count))
        }

        /// Whether it ends within 20 s.
        func ends() -> Bool { ended.wait(timeout: .now() + 20) == .success }
    }

    @Test func stoppingEndsAtItsDeadlineThoughNobodyAnswers() throws {
        let bench = try Bench()
        bench.stop(withinMilliseconds: 50)
        #expect(bench.ends())
        #expect(bench.hear().first == 0x88)
    }

    @Test func whatCameBeforeAPingIsWithTheMasterWhenItIsAnswered() throws {
        let bench = try Bench()
        for x in 0..<200 {
            bench.say(Bench.frame(1, #"{"id":"ann","x":\#(x),"y":0}"#) + Bench.frame(9, "now"))
            #expect(bench.hear() == [0x8A, 3] + Array("now".utf8))
            #expect(bench.records() == ["sample \(Double(x))"])
        }
        bench.stop(withinMilliseconds: 1)
        #expect(bench.ends())
    }

    @Test func theLeaveIsWithTheMasterWhenACloseIsAnswered() throws {
        for _ in 0..<20 {
            let bench = try Bench()
            bench.say(Bench.frame(1, #"{"id":"ann","x":1,"y":0}"#) + Bench.frame(8, ""))
            #expect(bench.hear().first == 0x88)
            #expect(bench.records() == ["sample 1.0", "leave"])
            bench.stop(withinMilliseconds: 1)
            #expect(bench.ends())
        }
    }
}
