public import ByteCore

/// The newest lines of the log, for showing: at most 24 of at most 400 bytes each.
public struct LogRing: ~Copyable {
    /// Without their line feeds; the oldest is at `next` once all are in use.
    private var lines: [[UInt8]] = []
    private var next = 0

    /// No line yet.
    public init() {}

    /// Takes a whole line, its line feed included; a longer one than `LogLimits.recentLineBytes` is left out.
    public mutating func add(_ line: UnsafeRawBufferPointer) {
        let object = unsafe line.dropLast()
        guard unsafe object.count <= LogLimits.recentLineBytes else { return }
        if lines.count < LogLimits.recentLines {
            unsafe lines.append(Array(object))
        } else {
            lines[next] = unsafe Array(object)
            next = (next + 1) % lines.count
        }
    }

    /// Appends a JSON array of the lines as the objects they are, oldest first: as many of the newest as
    /// `limit` bytes have room for, 9,625 at most.
    public func append(to text: inout ByteBuffer, limit: Int) {
        // Two brackets; each line but one has a comma.
        var left = limit - 1
        var count = 0
        while count < lines.count, line(count, fromNewest: true).count + 1 <= left {
            left -= line(count, fromNewest: true).count + 1
            count += 1
        }
        text.append("[")
        for index in (lines.count - count)..<lines.count {
            if index > lines.count - count { text.append(",") }
            unsafe line(index, fromNewest: false).withUnsafeBytes { unsafe text.append($0) }
        }
        text.append("]")
    }

    /// All of them, oldest first.
    var all: [[UInt8]] { lines.indices.map { line($0, fromNewest: false) } }

    private func line(_ index: Int, fromNewest: Bool) -> [UInt8] {
        lines[(next + (fromNewest ? lines.count - 1 - index : index)) % lines.count]
    }
}
