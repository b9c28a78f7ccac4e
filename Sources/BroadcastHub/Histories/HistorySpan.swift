import ByteCore

/// The time that is told of: seconds up to the newest one, and steps of ten seconds before those.
///
/// ```
///  coarseFrom       ...  10 s  10 s | fineFrom   1 s 1 s 1 s ...  end |  running
/// ```
struct HistorySpan {
    /// The newest second.
    let end: Int
    /// The first one that is told as such; where anything is told in steps of ten, one of them ends there.
    let fineFrom: Int
    let coarseFrom: Int

    /// The span up to `end` of what began to be kept in second `began`.
    init(end: UInt32, began: UInt32) {
        let ten = Int(HistoryLimits.coarseSeconds)
        let (end, began) = (Int(end), Int(began))
        let whole = max(end + 1 - Int(HistoryLimits.fineSeconds) + ten - 1, 0) / ten * ten
        let first = max(end + 1 - Int(HistoryLimits.allSeconds) + ten - 1, 0) / ten * ten
        self.end = end
        fineFrom = max(whole, began)
        coarseFrom = began >= whole ? fineFrom : max(first, began / ten * ten)
    }

    /// Seconds told as such.
    var fine: Range<Int> { fineFrom..<max(end + 1, fineFrom) }
    /// The beginnings of the steps before them.
    var coarse: StrideTo<Int> { stride(from: coarseFrom, to: fineFrom, by: Int(HistoryLimits.coarseSeconds)) }

    /// Appends `[[steps of ten],[seconds]]`, both without the zeros at their beginning: those of the seconds
    /// are left out only where no step is told. Returns whether there is anything.
    @discardableResult
    func append(
        to text: inout ByteBuffer, tens: (UInt32) -> UInt32, seconds: (UInt32) -> UInt32
    ) -> Bool {
        var isEmpty = true
        text.append("[[")
        for second in coarse { Self.append(tens(UInt32(second)), &isEmpty, to: &text) }
        text.append("],[")
        // Where something stands before them, every second has to be there.
        var isFirst = true
        let tellsAll = !isEmpty
        for second in fine {
            let value = seconds(UInt32(second))
            if value == 0, isEmpty, !tellsAll { continue }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            text.appendDecimal(Int(value))
            isFirst = false
            isEmpty = false
        }
        text.append("]]")
        return !isEmpty
    }

    private static func append(_ value: UInt32, _ isEmpty: inout Bool, to text: inout ByteBuffer) {
        if value == 0, isEmpty { return }
        if !isEmpty { text.append(UInt8(ascii: ",")) }
        text.appendDecimal(Int(value))
        isEmpty = false
    }
}
