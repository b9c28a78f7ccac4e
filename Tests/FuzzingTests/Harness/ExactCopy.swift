/// A copy of some bytes in memory of exactly that size, at a 16-byte boundary: whoever reads or writes past
/// them is seen by the address sanitizer.
struct ExactCopy: ~Copyable {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: UnsafeRawBufferPointer) {
        bytes = .allocate(byteCount: source.count, alignment: 16)
        bytes.copyMemory(from: source)
    }

    init(_ source: [UInt8]) {
        bytes = .allocate(byteCount: source.count, alignment: 16)
        bytes.copyBytes(from: source)
    }

    deinit { bytes.deallocate() }

    var readable: UnsafeRawBufferPointer { UnsafeRawBufferPointer(bytes) }
}

/// What a reader keeps of a stream whose decoder wants to see what it was not done with once more.
struct Inbound: ~Copyable {
    private var kept: [UInt8] = []

    /// Puts `piece` behind what was kept and lets `body` decode from the start of all; it returns how many
    /// bytes it is done with. What is left is kept as `body` leaves it.
    mutating func receive(
        _ piece: UnsafeRawBufferPointer, _ body: (UnsafeMutableRawBufferPointer) -> Int
    ) {
        kept += piece
        let copy = ExactCopy(kept)
        let consumed = body(copy.bytes)
        kept = Array(copy.bytes[consumed...])
    }
}
