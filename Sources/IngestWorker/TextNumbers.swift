import Tables

/// Indices for texts of one kind that samples name, pages above all, so that a text crosses the data channel
/// once.
///
/// At the limit the index that was given longest ago goes to the newest text; order on the channel makes that
/// safe, since the text's record stands before the first sample that means the new one. Before that the texts
/// that nobody says any more are forgotten, so that those of whom has left do not stay for ever.
struct TextNumbers: ~Copyable {
    private let limit: Int
    private var texts: TextTable
    private var oldest: UInt32 = 0
    /// By number: whether its text was said since somebody last looked.
    private var isSaid: ContiguousArray<Bool> = []

    /// Makes an empty table; `seed` is random a process.
    init(seed: UInt64, limit: Int = WorkerLimits.texts) {
        self.limit = limit
        texts = TextTable(limit: limit, seed: seed)
    }

    /// The index that stands for a text that is not told, and whether the master knows it.
    var withheld: UInt32 { UInt32(limit) }
    var isWithheldTold = false

    /// The index of a text that the master knows; nil where it has none.
    mutating func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
        guard let known = unsafe texts.find(text) else { return nil }
        isSaid[Int(known)] = true
        return known
    }

    /// An index for a text that it does not know.
    mutating func add(_ text: UnsafeRawBufferPointer) -> UInt32 {
        if texts.count == limit {
            // The only free number is given out next; it is the oldest where none were forgotten in between.
            texts.remove(oldest)
            oldest = (oldest + 1) % UInt32(limit)
        }
        guard let (number, _) = unsafe texts.intern(text) else { preconditionFailure("there is room for it") }
        if Int(number) == isSaid.count { isSaid.append(true) } else { isSaid[Int(number)] = true }
        return number
    }

    /// Forgets those that nobody has said since the look before and hands on their indices; to be called once
    /// a second.
    ///
    /// Each text's turn comes every `WorkerLimits.textSeconds`, so it is forgotten after once to twice as
    /// long.
    mutating func forgetUnsaid(atSecond second: Int64, _ body: (UInt32) -> Void) {
        let turns = Int(WorkerLimits.textSeconds)
        let turn = Int(second) % turns
        let end = min(limit * (turn + 1) / turns, texts.numbersInUse)
        for number in min(limit * turn / turns, end)..<end where texts.contains(UInt32(number)) {
            if isSaid[number] {
                isSaid[number] = false
            } else {
                texts.remove(UInt32(number))
                body(UInt32(number))
            }
        }
    }
}
