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

    private let seed: UInt64
    private var speakers = Slab<Speaker>()
    private var index = SlotIndex()
    /// Bytes of ids that lie outside.
    private var outsideBytes = 0

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64) { self.seed = seed }

    /// Slots in use.
    var count: Int { index.count }

    /// Bytes allocated.
    var byteCount: Int { speakers.chunkBytes + index.byteCount + outsideBytes }

    /// Has the processor fetch a slot that is asked for soon, if it is one.
    @inline(__always)
    func prefetch(_ slot: UInt32) { speakers.prefetch(slot) }

    /// The id of a slot; valid until its removal.
    @inline(__always)
    func id(of slot: UInt32) -> UnsafeRawBufferPointer {
        let speaker = unsafe speakers[slot]
        return unsafe UnsafeRawBufferPointer(
            start: Speaker.start(of: speaker) + Int(speaker.pointee.idStart),
            count: Int(speaker.pointee.idLength))
    }

    /// How JSON of a slot's visitor usually begins, up to the value of `x`, and eight times how many bytes
    /// that are, modulo 64; empty where the id is too long, or is said with escapes. Valid until its removal.
    @inline(__always)
    func lead(of slot: UInt32) -> (text: UnsafeRawBufferPointer, bits: UInt64) {
        let speaker = unsafe speakers[slot]
        let text = unsafe UnsafeRawBufferPointer(
            start: Speaker.start(of: speaker), count: Int(speaker.pointee.leadLength))
        return unsafe (text, UInt64(speaker.pointee.leadBits))
    }

    /// Whether JSON says the id of a slot as it is; else what has its bytes between quotes is no JSON, or
    /// says something else.
    func isLiteral(_ slot: UInt32) -> Bool {
        unsafe speakers[slot].pointee.leadBits != Speaker.escapedMark
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
        let speaker = unsafe Speaker(id: id, connection: connection, next: next)
        outsideBytes += speaker.outsideBytes
        let slot = speakers.insert(speaker).index
        unsafe index.insert(hash(connection, id), slot: slot)
        return slot
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        unsafe index.remove(hash(speakers[slot].pointee.connection, id(of: slot)), slot: slot)
        let speaker = speakers.remove(slot)
        outsideBytes -= speaker.outsideBytes
    }

    /// Gives back what a crowd took that has gone.
    mutating func releaseFree() {
        speakers.releaseEmptyChunks()
        index.shrink()
    }
}
