import ByteCore
import PointerEvents
import Tables

/// Visitors in numbered slots, found by id; memory grows with the most there ever were, up to `capacity`.
///
/// ```
/// slot   record            id        samples of the last 64 seconds    name
///   0  [ VisitorRecord ] [ 64 bytes ] [ 64 x u16, at second mod 64 ] [ 64 bytes ]
///   1  ...
/// ```
/// Four arrays instead of one, because choosing the most active touches only two of them; that of the names
/// is there once somebody has one.
@safe struct VisitorTable: ~Copyable {
    /// Seconds of activity kept: what is shown is 60, and a power of two makes the place a mask.
    static let activitySeconds = 64
    static let idBytes = PointerEvents.Limits.idBytes

    private let seed: UInt64
    private let capacity: Int
    private var index = SlotIndex()
    private var records: UnsafeMutablePointer<VisitorRecord>
    private var ids: UnsafeMutableRawPointer
    private var activity: UnsafeMutablePointer<UInt16>
    private var names: UnsafeMutableRawPointer?
    private var room = 64
    private var free: [Int32] = []
    /// Slots at and above this one were never used.
    private(set) var slotsInUse = 0
    private var lastSerial: UInt32 = 0

    init(seed: UInt64, capacity: Int) {
        self.seed = seed
        self.capacity = capacity
        unsafe records = .allocate(capacity: room)
        unsafe ids = .allocate(byteCount: room * Self.idBytes, alignment: 8)
        unsafe activity = .allocate(capacity: room * Self.activitySeconds)
    }

    private init(copying other: borrowing VisitorTable) {
        seed = other.seed
        capacity = other.capacity
        index = other.index.copy()
        room = other.room
        free = other.free
        slotsInUse = other.slotsInUse
        lastSerial = other.lastSerial
        unsafe records = .allocate(capacity: room)
        unsafe records.update(from: other.records, count: slotsInUse)
        unsafe ids = .allocate(byteCount: room * Self.idBytes, alignment: 8)
        unsafe ids.copyMemory(from: other.ids, byteCount: slotsInUse * Self.idBytes)
        unsafe activity = .allocate(capacity: room * Self.activitySeconds)
        unsafe activity.update(from: other.activity, count: slotsInUse * Self.activitySeconds)
        unsafe names = copy(of: other.names)
    }

    /// A table of the same visitors in the same slots.
    borrowing func copy() -> VisitorTable { VisitorTable(copying: self) }

    deinit {
        unsafe records.deallocate()
        unsafe ids.deallocate()
        unsafe activity.deallocate()
        unsafe names?.deallocate()
    }

    /// Visitors in the table.
    var count: Int { index.count }

    /// The record in `slot`, which is in use.
    subscript(slot: Int) -> VisitorRecord {
        @inline(__always) get { unsafe records[slot] }
        @inline(__always) nonmutating _modify { yield unsafe &records[slot] }
    }

    /// Whether somebody has `slot`.
    func isInUse(_ slot: Int) -> Bool { unsafe slot >= 0 && slot < slotsInUse && records[slot].idLength > 0 }

    /// Whether the visitor of that `serial` has `slot`.
    @inline(__always)
    func hasVisitor(_ slot: Int, serial: UInt32) -> Bool {
        unsafe isInUse(slot) && records[slot].serial == serial
    }

    /// The bytes of the id in `slot`; valid until the table changes.
    func id(of slot: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: ids + slot * Self.idBytes, count: Int(records[slot].idLength))
    }

    /// The bytes of the name in `slot`, none where none was said; valid until the table changes.
    func name(of slot: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: names.map { unsafe $0 + slot * Self.idBytes },
            count: names == nil ? 0 : Int(records[slot].nameLength))
    }

    /// What a person reads of the visitor in `slot`: the name, or else the id; valid until the table changes.
    func label(of slot: Int) -> UnsafeRawBufferPointer {
        unsafe records[slot].nameLength > 0 ? name(of: slot) : id(of: slot)
    }

    /// Gives the visitor in `slot` a name; one that is too long is none.
    mutating func setName(_ name: UnsafeRawBufferPointer, of slot: Int) {
        guard name.count <= Self.idBytes else { return }
        unsafe records[slot].nameLength = UInt8(name.count)
        guard let source = name.baseAddress, name.count > 0 else { return }
        let names = unsafe names ?? .allocate(byteCount: room * Self.idBytes, alignment: 8)
        unsafe self.names = names
        unsafe (names + slot * Self.idBytes).copyMemory(from: source, byteCount: name.count)
    }

    /// The visitor in `slot` has no name.
    mutating func dropName(of slot: Int) { unsafe records[slot].nameLength = 0 }

    /// The slot of the visitor `id`.
    @inline(__always)
    func find(_ id: UnsafeRawBufferPointer) -> Int? {
        unsafe index.find(Hash64.hash(id, seed: seed)) { unsafe areEqual(self.id(of: Int($0)), id) }.map {
            Int($0)
        }
    }

    /// Adds a visitor who is not in the table, with a record of its own; nil where the table is full.
    ///
    /// `id` has 1 to 64 bytes.
    mutating func add(_ id: UnsafeRawBufferPointer) -> Int? {
        guard id.count > 0, id.count <= Self.idBytes, let slot = takeSlot() else { return nil }
        unsafe records[slot] = VisitorRecord()
        unsafe records[slot].idLength = UInt8(id.count)
        lastSerial &+= 1
        unsafe records[slot].serial = lastSerial
        unsafe (ids + slot * Self.idBytes).copyMemory(from: id.baseAddress!, byteCount: id.count)
        unsafe (activity + slot * Self.activitySeconds).update(repeating: 0, count: Self.activitySeconds)
        unsafe index.insert(Hash64.hash(id, seed: seed), slot: UInt32(slot))
        return slot
    }

    /// Takes the visitor in `slot` out.
    mutating func remove(_ slot: Int) {
        unsafe index.remove(Hash64.hash(id(of: slot), seed: seed), slot: UInt32(slot))
        unsafe records[slot].idLength = 0
        free.append(Int32(slot))
    }

    /// The samples of `slot` in `second`.
    @inline(__always)
    func samples(of slot: Int, at second: Int64) -> Int {
        let head = unsafe records[slot].headSecond
        guard second <= head, second > head - Int64(Self.activitySeconds) else { return 0 }
        return unsafe Int(activity[Self.place(slot, second)])
    }

    /// Adds to the samples of `slot` in `second`.
    @inline(__always)
    mutating func addSamples(_ count: UInt16, of slot: Int, at second: Int64) {
        let head = unsafe records[slot].headSecond
        if second != head { moveHead(of: slot, from: head, to: second) }
        guard unsafe second > records[slot].headSecond - Int64(Self.activitySeconds) else { return }
        let place = Self.place(slot, second)
        let (sum, isOver) = unsafe activity[place].addingReportingOverflow(count)
        unsafe activity[place] = isOver ? .max : sum
    }

    /// Makes the samples of `slot` in `second` others, where they are kept.
    mutating func putSamples(_ count: UInt16, of slot: Int, at second: Int64) {
        let head = unsafe records[slot].headSecond
        guard second > head - Int64(Self.activitySeconds) else { return }
        if second > head { moveHead(of: slot, from: head, to: second) }
        unsafe activity[Self.place(slot, second)] = count
    }

    private mutating func moveHead(of slot: Int, from head: Int64, to second: Int64) {
        let kept = Int64(Self.activitySeconds)
        // Far in the past: the hub's clock is another one, and what was counted by the old one is void.
        let isVoid = second <= head - kept
        guard second > head || isVoid else { return }
        for step in 0..<(isVoid ? kept : min(second - head, kept)) {
            unsafe activity[Self.place(slot, second - step)] = 0
        }
        unsafe records[slot].headSecond = second
    }

    private static func place(_ slot: Int, _ second: Int64) -> Int {
        slot &* activitySeconds &+ Int(second & Int64(activitySeconds - 1))
    }

    private mutating func takeSlot() -> Int? {
        if let slot = free.popLast() { return Int(slot) }
        guard slotsInUse < capacity else { return nil }
        if slotsInUse == room { grow() }
        slotsInUse += 1
        return slotsInUse - 1
    }

    private mutating func grow() {
        let larger = min(room * 2, max(capacity, room + 1))
        let records = UnsafeMutablePointer<VisitorRecord>.allocate(capacity: larger)
        unsafe records.update(from: self.records, count: room)
        unsafe self.records.deallocate()
        unsafe self.records = records
        let ids = UnsafeMutableRawPointer.allocate(byteCount: larger * Self.idBytes, alignment: 8)
        unsafe ids.copyMemory(from: self.ids, byteCount: room * Self.idBytes)
        unsafe self.ids.deallocate()
        unsafe self.ids = ids
        let activity = UnsafeMutablePointer<UInt16>.allocate(capacity: larger * Self.activitySeconds)
        unsafe activity.update(from: self.activity, count: room * Self.activitySeconds)
        unsafe self.activity.deallocate()
        unsafe self.activity = activity
        room = larger
        let names = unsafe copy(of: names)
        unsafe self.names?.deallocate()
        unsafe self.names = names
    }

    /// The names of the slots in use, with room for all; nothing where there are none yet.
    private func copy(of names: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let names = unsafe names else { return nil }
        let copy = UnsafeMutableRawPointer.allocate(byteCount: room * Self.idBytes, alignment: 8)
        unsafe copy.copyMemory(from: names, byteCount: slotsInUse * Self.idBytes)
        return unsafe copy
    }
}
