import ByteCore
import Glibc
import HTTPWire
import PosixIO
import WebSocketWire

/// One visitor's connection: small, because a worker holds thousands that say nothing.
struct VisitorConnection: ~Copyable {
    /// Where a connection stands.
    enum Phase: Equatable {
        /// The request head is not whole yet.
        case handshake
        /// Frames go both ways.
        case open
        /// Our last bytes are on their way; what comes in is read and dropped until the peer is done too.
        case closing
    }

    let stream: ByteStream
    /// Unique in the cluster.
    let number: UInt64
    var phase = Phase.handshake
    var parser = HTTPRequestParser()
    var socket = WebSocketConnection(role: .server, accepting: .text)
    /// The start of a head or frame whose rest has not come.
    var spill = Spill()
    /// Bytes from the start of what is kept that the next look needs.
    var neededBytes = 0
    /// What the kernel has not taken yet.
    var outbound: ByteBuffer?
    /// Its slots in the speaker table, newest first.
    var firstSpeaker = SpeakerTable.none
    var lastSpeaker = SpeakerTable.none
    var speakerCount: UInt16 = 0
    /// Reading stopped until the data channel has drained; not watched meanwhile.
    var isPaused = false
    var isPinged = false
    /// Seconds of the worker's clock: of the last byte, or of entering the phase it is in.
    var sinceSeconds: Int64

    init(stream: consuming ByteStream, number: UInt64, nowSeconds: Int64) {
        self.stream = stream
        self.number = number
        sinceSeconds = nowSeconds
    }

    /// Appends to what is written next.
    mutating func queue(_ bytes: UnsafeRawBufferPointer) {
        if outbound == nil { outbound = ByteBuffer(capacity: max(256, bytes.count)) }
        outbound!.append(bytes)
    }

    /// What the poller watches it for.
    var watched: Interest = .readable

    /// What a read waits for, and a write while something is outbound.
    var readAwaits: Interest = .readable
    var writeAwaits: Interest = .writable

    /// What it should be watched for now.
    var interest: Interest { outbound == nil ? readAwaits : readAwaits.union(writeAwaits) }
}

/// Bytes kept between two reads, with room for what is known to follow; no storage while empty.
struct Spill: ~Copyable {
    private var bytes: UnsafeMutableRawPointer?
    private(set) var count = 0
    private var capacity = 0

    init() {}

    deinit { bytes?.deallocate() }

    var isEmpty: Bool { count == 0 }

    /// What is kept, to be decoded in place.
    var contents: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: bytes, count: count)
    }

    /// Keeps a copy of `rest`, with room for `total` bytes in all.
    mutating func keep(_ rest: UnsafeRawBufferPointer, total: Int) {
        guard let source = rest.baseAddress, !rest.isEmpty else { return }
        let needed = max(total, rest.count)
        if let bytes, capacity >= needed {
            // The rest may be part of what is kept already.
            memmove(bytes, source, rest.count)
        } else {
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: needed, alignment: 8)
            fresh.copyMemory(from: source, byteCount: rest.count)
            bytes?.deallocate()
            bytes = fresh
            capacity = needed
        }
        count = rest.count
    }

    /// The free room up to `total` bytes in all.
    mutating func room(upTo total: Int) -> UnsafeMutableRawBufferPointer {
        if capacity < total {
            let fresh = UnsafeMutableRawPointer.allocate(byteCount: total, alignment: 8)
            if let bytes {
                fresh.copyMemory(from: bytes, byteCount: count)
                bytes.deallocate()
            }
            bytes = fresh
            capacity = total
        }
        return UnsafeMutableRawBufferPointer(start: bytes! + count, count: total - count)
    }

    /// Counts bytes that were read into the room.
    mutating func filled(_ more: Int) { count += more }

    /// Gives the storage back.
    mutating func clear() {
        bytes?.deallocate()
        bytes = nil
        count = 0
        capacity = 0
    }
}
