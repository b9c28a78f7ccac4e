import func Glibc.calloc
import func Glibc.free

/// Series of numbers by second of monotonic time, each of the last two minutes in seconds and of the last ten
/// in steps of ten seconds.
///
/// ```
///  series   at second mod 128      at ten seconds mod 64
///    0      [ 128 x u32 ]          [ 64 x u32 ]            768 bytes
///    1      ...
/// ```
/// All have the same newest second. Memory of series that were never used costs nothing.
struct SeriesTable: ~Copyable {
    private static let fine = HistoryLimits.fineKept
    private static let coarse = HistoryLimits.coarseKept
    private static let stride = Int(fine + coarse)
    static let bytesPerSeries = stride * MemoryLayout<UInt32>.stride

    let capacity: Int
    private let values: UnsafeMutablePointer<UInt32>
    /// Series below this one were ever used.
    private(set) var used = 0
    /// The newest second that is kept; 0 before the first.
    private(set) var head: UInt32 = 0

    init(capacity: Int) {
        self.capacity = capacity
        guard let memory = calloc(max(capacity, 1), Self.bytesPerSeries) else {
            fatalError("out of memory for histories")
        }
        values = memory.bindMemory(to: UInt32.self, capacity: max(capacity, 1) * Self.stride)
    }

    deinit { free(values) }

    /// Makes `second` the newest unless a newer one is; those in between count nothing.
    mutating func advance(to second: UInt32) {
        guard second > head else { return }
        for step in 0..<min(second - head, Self.fine) { clear(Int((second - step) % Self.fine)) }
        let ten = HistoryLimits.coarseSeconds
        for step in 0..<min(second / ten - head / ten, Self.coarse) {
            clear(Int(Self.fine + (second / ten - step) % Self.coarse))
        }
        head = second
    }

    private func clear(_ column: Int) {
        for series in 0..<used { values[series * Self.stride + column] = 0 }
    }

    /// Begins a series anew.
    mutating func begin(_ series: Int) {
        precondition(series < capacity)
        (values + series * Self.stride).update(repeating: 0, count: Self.stride)
        used = max(used, series + 1)
    }

    /// Adds to a count in `second`, to which the table was advanced; what is no longer kept is dropped.
    mutating func add(_ count: UInt32, to series: Int, at second: UInt32) {
        if let place = finePlace(series, second) { values[place] = Self.sum(values[place], count) }
        if let place = coarsePlace(series, second) { values[place] = Self.sum(values[place], count) }
    }

    /// Says what a figure was at the end of `second`; of ten seconds the last one stays.
    mutating func set(_ value: UInt32, of series: Int, at second: UInt32) {
        if let place = finePlace(series, second) { values[place] = value }
        if let place = coarsePlace(series, second) { values[place] = value }
    }

    /// The value of `second`; 0 where it is not kept.
    func value(of series: Int, at second: UInt32) -> UInt32 {
        finePlace(series, second).map { values[$0] } ?? 0
    }

    /// The value of the ten seconds that `second` lies in; 0 where they are not kept.
    func tenSeconds(of series: Int, at second: UInt32) -> UInt32 {
        coarsePlace(series, second).map { values[$0] } ?? 0
    }

    private func finePlace(_ series: Int, _ second: UInt32) -> Int? {
        guard second <= head, head - second < Self.fine else { return nil }
        return series * Self.stride + Int(second % Self.fine)
    }

    private func coarsePlace(_ series: Int, _ second: UInt32) -> Int? {
        let ten = HistoryLimits.coarseSeconds
        guard second <= head, head / ten - second / ten < Self.coarse else { return nil }
        return series * Self.stride + Int(Self.fine + second / ten % Self.coarse)
    }

    private static func sum(_ one: UInt32, _ other: UInt32) -> UInt32 {
        let (sum, isOver) = one.addingReportingOverflow(other)
        return isOver ? .max : sum
    }

    /// Everything that is kept of the series in use, each in host byte order.
    var memory: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: values, count: used * Self.bytesPerSeries)
    }

    /// Takes over what `memory` was of so many series; this table is new.
    mutating func restore(_ memory: UnsafeRawBufferPointer, head: UInt32) {
        precondition(
            memory.count % Self.bytesPerSeries == 0 && memory.count <= capacity * Self.bytesPerSeries)
        UnsafeMutableRawBufferPointer(start: values, count: memory.count).copyMemory(from: memory)
        used = memory.count / Self.bytesPerSeries
        self.head = head
    }
}
