import ByteCore
import Foundation
import PosixIO

@testable import LoadGenerator

/// A server for the paced run: it passes each message on as the contract's event stream, or not, as the test
/// has it, on a thread of its own.
final class TestRelayServer: @unchecked Sendable {
    /// What becomes of the nth message (from 0): the messages to pass on instead.
    typealias Treatment = @Sendable (_ index: Int, _ message: [UInt8]) -> [[UInt8]]

    let ingest: SocketAddress
    let http: SocketAddress
    private let lock = NSLock()
    private var isStopping = false
    private let isOver = DispatchSemaphore(value: 0)

    /// What the numbers of the stream count.
    enum Numbering {
        /// What came in, so that what is left out shows as a gap.
        case received
        /// What went out, as if nothing else had come.
        case passed
    }

    /// Starts serving. `head` is what a viewer is answered; the thread sleeps once for `stallSeconds` before
    /// it passes on message `stallAt`.
    init(
        head: String = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n",
        stallAt: Int? = nil, stallSeconds: Double = 0, numbering: Numbering = .received,
        _ treatment: @escaping Treatment = { _, message in [message] }
    ) throws {
        let server = try TestIngestServer()
        let viewers = try Listener(on: SocketAddress(parsing: "127.0.0.1:0"))
        ingest = server.listener.address
        http = viewers.address
        let ingestBox = Box(server)
        let viewersBox = Box(viewers)
        Thread { [self] in
            serve(
                RelayLoop(
                    ingest: ingestBox.take(), listener: viewersBox.take(), head: head, numbering: numbering),
                stall: stallAt.map { ($0, stallSeconds) }, treatment)
            isOver.signal()
        }.start()
    }

    /// Serves until it is stopped; every socket is closed on return.
    private func serve(
        _ loop: consuming RelayLoop, stall: (at: Int, seconds: Double)?, _ treatment: Treatment
    ) {
        loop.stall = stall
        while !lock.withLock({ isStopping }) { loop.step(treatment) }
    }

    /// Ends the thread, and with it every connection.
    func stop() {
        lock.withLock { isStopping = true }
        isOver.wait()
    }
}

/// Carries one value to a thread.
private final class Box<Value: ~Copyable>: @unchecked Sendable {
    private var value: Value?

    init(_ value: consuming Value) { self.value = consume value }

    func take() -> Value { value.take()! }
}

private struct RelayLoop: ~Copyable {
    var ingest: TestIngestServer
    let listener: Listener
    let head: String
    let numbering: TestRelayServer.Numbering
    var viewers = Slab<Viewer>()
    var relayed = 0
    var passed = 0
    var stall: (at: Int, seconds: Double)?

    struct Viewer: ~Copyable {
        let stream: ByteStream
        var request: [UInt8] = []
        var output = WriteQueue()
        var isAnswered = false
    }

    init(
        ingest: consuming TestIngestServer, listener: consuming Listener, head: String,
        numbering: TestRelayServer.Numbering
    ) {
        self.numbering = numbering
        self.ingest = ingest
        self.listener = listener
        self.head = head
    }

    mutating func step(_ treatment: TestRelayServer.Treatment) {
        try? ingest.step(timeoutMilliseconds: 2)
        if case .connection(let descriptor) = listener.accept() {
            _ = viewers.insert(Viewer(stream: ByteStream(descriptor)))
        }
        for index in 0..<viewers.slotCount { answer(index) }
        for message in ingest.messages {
            if let stall, stall.at == relayed { Thread.sleep(forTimeInterval: stall.seconds) }
            for text in treatment(relayed, message.bytes) {
                passed += 1
                let number = numbering == .received ? relayed + 1 : passed
                pass(Array("id: 0123456789abcdef-\(number)\ndata: ".utf8) + text + Array("\n\n".utf8))
            }
            relayed += 1
        }
        ingest.messages.removeAll()
        for index in 0..<viewers.slotCount {
            guard let viewer = viewers.at(index)?.element else { continue }
            _ = viewer.pointee.output.flush(to: viewer.pointee.stream)
        }
    }

    private func pass(_ text: [UInt8]) {
        for index in 0..<viewers.slotCount {
            guard let viewer = viewers.at(index)?.element, viewer.pointee.isAnswered else { continue }
            text.withUnsafeBytes { viewer.pointee.output.append($0) }
        }
    }

    private func answer(_ index: Int) {
        guard let viewer = viewers.at(index)?.element, !viewer.pointee.isAnswered else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { room in
            guard case .bytes(let count) = viewer.pointee.stream.read(into: room) else { return }
            viewer.pointee.request += room[..<count]
        }
        guard viewer.pointee.request.suffix(4) == Array("\r\n\r\n".utf8) else { return }
        viewer.pointee.isAnswered = true
        var head = head
        head.withUTF8 { viewer.pointee.output.append(UnsafeRawBufferPointer($0)) }
    }
}
