import ByteCore
import PointerEvents
import PosixIO
import Tables

/// Who speaks on which connection: one slot a (connection, id) pair, found by both.
///
/// The hash is keyed, so that nobody can choose ids that collide.
struct SpeakerTable: ~Copyable {
    /// No slot.
    static let none = UInt32.max

    /// ```
    ///  0 [ id, 64 bytes ]
    /// 64 [ connection u32 | next u32 | idLength u32 | heardSeconds u32 ]
    /// ```
    /// `next` is the next slot of the same connection; `heardSeconds`, of the worker's clock, is kept for
    /// those who post.
    struct Speaker: BitwiseCopyable {
        typealias Text = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

        var id: Text = (0, 0, 0, 0, 0, 0, 0, 0)
        var connection: UInt32
        var next: UInt32
        var idLength: UInt32
        var heardSeconds: UInt32 = 0
    }

    private let seed: UInt64
    private var speakers = Slab<Speaker>()
    private var index = SlotIndex()

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64) { self.seed = seed }

    /// Slots in use.
    var count: Int { index.count }

    /// Bytes allocated.
    var byteCount: Int { speakers.chunkBytes + index.byteCount }

    /// The id of a slot; valid until its removal.
    @inline(__always)
    func id(of slot: UInt32) -> UnsafeRawBufferPointer {
        let speaker = unsafe speakers[slot]
        return unsafe UnsafeRawBufferPointer(start: speaker, count: Int(speaker.pointee.idLength))
    }

    /// The slot that follows on the same connection.
    func next(after slot: UInt32) -> UInt32 { unsafe speakers[slot].pointee.next }

    /// Changes which slot follows.
    func setNext(after slot: UInt32, to next: UInt32) { unsafe speakers[slot].pointee.next = next }

    /// When somebody who posts was heard last.
    func heardSeconds(of slot: UInt32) -> UInt32 { unsafe speakers[slot].pointee.heardSeconds }

    /// Notes that somebody who posts was heard.
    func noteHeard(_ slot: UInt32, atSeconds seconds: UInt32) {
        unsafe speakers[slot].pointee.heardSeconds = seconds
    }

    /// Whether `slot` is of this id; for the common case that a connection speaks for one visitor.
    @inline(__always)
    func isSlot(_ slot: UInt32, of id: UnsafeRawBufferPointer) -> Bool {
        unsafe areEqual(self.id(of: slot), id)
    }

    private func hash(_ connection: UInt32, _ id: UnsafeRawBufferPointer) -> UInt64 {
        unsafe Hash64.hash(id, seed: seed &+ UInt64(connection) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// The slot of a pair, or nil.
    func find(connection: UInt32, id: UnsafeRawBufferPointer) -> UInt32? {
        unsafe index.find(hash(connection, id)) { slot in
            unsafe self.connection(of: slot) == connection && isSlot(slot, of: id)
        }
    }

    /// The connection of a slot that somebody outside has named; nil where it is not in use.
    func connectionInUse(of slot: UInt32) -> UInt32? {
        unsafe speakers.at(Int(slot)).map { unsafe $0.element.pointee.connection }
    }

    @inline(__always)
    private func connection(of slot: UInt32) -> UInt32 { unsafe speakers[slot].pointee.connection }

    /// Takes a slot for a pair that has none; `next` is the connection's first slot so far.
    mutating func add(connection: UInt32, id: UnsafeRawBufferPointer, next: UInt32) -> UInt32 {
        precondition((1...Limits.idBytes).contains(id.count))
        var speaker = Speaker(connection: connection, next: next, idLength: UInt32(id.count))
        unsafe withUnsafeMutableBytes(of: &speaker.id) { unsafe $0.copyMemory(from: id) }
        let slot = speakers.insert(speaker).index
        unsafe index.insert(hash(connection, id), slot: slot)
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        unsafe index.remove(hash(speakers[slot].pointee.connection, id(of: slot)), slot: slot)
        _ = speakers.remove(slot)
    }

    /// Gives back what a crowd took that has gone.
    mutating func releaseFree() {
        speakers.releaseEmptyChunks()
        index.shrink()
    }
}
