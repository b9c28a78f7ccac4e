import PosixIO

/// The memory that a worker keeps for its peers: half heads and messages, and answers that are not read.
///
/// One sum for all connections, counted by what is allocated, and a list of those it is kept for: first who
/// has come to nothing for longest. An honest message is whole within milliseconds, so where there is too
/// much the first is the one to go.
struct HeldBytes {
    /// A connection's place in the list.
    struct Holder {
        fileprivate(set) var bytes: UInt32 = 0
        fileprivate var previous = HeldBytes.none
        fileprivate var next = HeldBytes.none
    }

    static let none = UInt32.max

    /// Bytes kept for all.
    private(set) var total = 0
    /// The connection that has come to nothing for longest, or `none`.
    private(set) var oldest = none
    private var newest = none

    /// `bytes` are kept for a connection now; `isFresh` where something of it came to its end meanwhile.
    mutating func set(
        _ index: UInt32, to bytes: Int, isFresh: Bool, in connections: borrowing Slab<VisitorConnection>
    ) {
        let connection = unsafe connections[index]
        let before = unsafe connection.pointee.holder.bytes
        total += bytes - Int(before)
        if before > 0, bytes == 0 || isFresh { unlink(index, in: connections) }
        unsafe connection.pointee.holder.bytes = UInt32(bytes)
        if bytes > 0, before == 0 || isFresh { append(index, in: connections) }
    }

    private mutating func append(_ index: UInt32, in connections: borrowing Slab<VisitorConnection>) {
        unsafe connections[index].pointee.holder.previous = newest
        unsafe connections[index].pointee.holder.next = Self.none
        if newest == Self.none {
            oldest = index
        } else {
            unsafe connections[newest].pointee.holder.next = index
        }
        newest = index
    }

    private mutating func unlink(_ index: UInt32, in connections: borrowing Slab<VisitorConnection>) {
        let holder = unsafe connections[index].pointee.holder
        if holder.previous == Self.none {
            oldest = holder.next
        } else {
            unsafe connections[holder.previous].pointee.holder.next = holder.next
        }
        if holder.next == Self.none {
            newest = holder.previous
        } else {
            unsafe connections[holder.next].pointee.holder.previous = holder.previous
        }
    }
}
