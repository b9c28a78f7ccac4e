/// The newest lines of something, each with a number that counts from 0, for readers that hold a number each:
/// bounded in lines and in bytes, whatever readers do.
public struct LineRing: ~Copyable {
    /// By number, round; empty where none is.
    private var lines: [[UInt8]] = []
    private let lineLimit: Int
    private let byteLimit: Int
    private var bytes = 0
    /// The number of the oldest line that is there.
    public private(set) var oldest: UInt64 = 0
    /// The number that the next line will have.
    public private(set) var next: UInt64 = 0

    /// Keeps at most `lineLimit` lines of `byteLimit` bytes in all.
    public init(lineLimit: Int, byteLimit: Int) {
        precondition(lineLimit > 0)
        self.lineLimit = lineLimit
        self.byteLimit = byteLimit
    }

    /// Takes a line as it is, without its line feed; the oldest make room. One that is longer than all may be
    /// gets a number and is not kept.
    public mutating func add(_ line: UnsafeRawBufferPointer) {
        while next > oldest, next - oldest == UInt64(lineLimit) || bytes + line.count > byteLimit {
            dropOldest()
        }
        let place = Int(next % UInt64(lineLimit))
        if place == lines.count { lines.append([]) }
        next += 1
        guard line.count <= byteLimit else {
            oldest = next
            return
        }
        lines[place] = unsafe Array(line)
        bytes += line.count
    }

    /// Gives the next line this number; where none was taken yet.
    mutating func begin(at number: UInt64) {
        precondition(next == 0)
        // Places follow from numbers, and those in front of the first are empty.
        lines = Array(repeating: [], count: Int(min(number, UInt64(lineLimit))))
        oldest = number
        next = number
    }

    private mutating func dropOldest() {
        let place = Int(oldest % UInt64(lineLimit))
        bytes -= lines[place].count
        lines[place] = []
        oldest += 1
    }

    /// The line of a number; nil where it is not there any more, or not yet.
    public subscript(number: UInt64) -> [UInt8]? {
        guard number >= oldest, number < next else { return nil }
        return lines[Int(number % UInt64(lineLimit))]
    }
}
