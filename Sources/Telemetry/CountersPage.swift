public import Synchronization

/// The counters of one worker in a page of shared memory, exact even after it was killed.
///
/// ```
///    0 [ magic u32 | version u32 ]
///    8 [ WorkerCounter 0, u64 ]
///   16 [ WorkerCounter 1, u64 ]  ...
/// ```
/// One process writes, any other may read at any time; every word is an atomic of its own, in no order with
/// others.
@safe public struct CountersPage: @unchecked Sendable {
    /// Bytes of the page.
    public static let byteCount = 4096

    private static let magic: UInt32 = 0x5053_6370
    private static let version: UInt32 = 1

    @usableFromInline let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// Wraps a mapped page that outlives it; to read it needs no more than a read-only mapping.
    public init(memory: UnsafeMutableRawPointer) {
        precondition(UInt(bitPattern: memory) & 7 == 0)
        unsafe words = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Makes a fresh page of zeros a page of counters.
    public static func initialize(_ memory: UnsafeMutableRawPointer) {
        unsafe memory.storeBytes(of: magic, as: UInt32.self)
        unsafe memory.storeBytes(of: version, toByteOffset: 4, as: UInt32.self)
    }

    /// Whether a page was initialized by a build with this layout.
    public static func isSound(_ memory: UnsafeRawPointer) -> Bool {
        unsafe memory.load(as: UInt32.self) == magic
            && memory.load(fromByteOffset: 4, as: UInt32.self) == version
    }

    /// What a counter says now.
    @inlinable
    public func value(_ counter: WorkerCounter) -> UInt64 {
        unsafe words[counter.rawValue + 1].load(ordering: .relaxed)
    }

    /// Counts; for the one process that writes.
    @inlinable @inline(__always)
    public func add(_ counter: WorkerCounter, _ amount: UInt64 = 1) {
        let word = unsafe words + (counter.rawValue + 1)
        unsafe word.pointee.store(word.pointee.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Sets a gauge, or a counter that is kept elsewhere; for the one process that writes.
    @inlinable @inline(__always)
    public func set(_ counter: WorkerCounter, _ value: UInt64) {
        unsafe words[counter.rawValue + 1].store(value, ordering: .relaxed)
    }
}
