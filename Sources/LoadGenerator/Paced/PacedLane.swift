import ByteCore
import PosixIO
import WebSocketWire

/// One visitor of a paced run: its connection, and how many samples it has sent.
struct PacedLane: ~Copyable {
    var link: VisitorLink
    /// The number of the last sample that was encoded; they count from 1.
    private(set) var sent: Int64 = 0
    /// `{"id":"v17","x":`
    private let prefix: UnsafeRawBufferPointer
    /// Why it has no connection any more.
    var ending: LinkEnding?

    init(visitor: Int, link: consuming VisitorLink) {
        self.link = link
        var text = ByteBuffer(capacity: 32)
        text.append("{\"id\":\"v")
        text.appendDecimal(visitor)
        text.append("\",\"x\":")
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        copy.copyMemory(from: text.readable)
        prefix = UnsafeRawBufferPointer(copy)
    }

    deinit { prefix.deallocate() }

    /// Appends the next sample, due at `microseconds` of the run, as a frame; `text` is scratch.
    @inline(__always)
    mutating func appendSample(dueMicroseconds: Int64, text: inout ByteBuffer, maskKey: UInt32) {
        sent += 1
        text.removeAll()
        text.append(prefix)
        text.appendDecimal(UInt64(bitPattern: sent))
        text.append(",\"y\":")
        text.appendDecimal(UInt64(bitPattern: dueMicroseconds))
        text.append(UInt8(ascii: "}"))
        link.append(text: text.readable, maskKey: maskKey)
    }
}
