/// Why a message is refused, as a close code.
struct SimpleWireRefusal: Error { var code: UInt16 }

/// Numbers and texts of `pointerscope.v1`, one byte after the other.
struct SimpleWireReader {
    static let bound = 1 << 24

    var rest: ArraySlice<UInt8>

    static func inBounds(_ value: Int) throws(SimpleWireRefusal) -> Int {
        guard abs(value) <= bound else { throw SimpleWireRefusal(code: 1008) }
        return value
    }

    mutating func byte() throws(SimpleWireRefusal) -> UInt8 {
        guard let byte = rest.popFirst() else { throw SimpleWireRefusal(code: 1007) }
        return byte
    }

    mutating func unsigned(longest: Int = 5) throws(SimpleWireRefusal) -> Int {
        var value = 0
        for index in 0..<longest {
            let byte = try byte()
            value += Int(byte & 127) << (7 * index)
            if byte < 128 { return value }
        }
        throw SimpleWireRefusal(code: 1007)
    }

    mutating func signed() throws(SimpleWireRefusal) -> Int {
        let value = try unsigned()
        return value % 2 == 0 ? value / 2 : -(value / 2) - 1
    }

    mutating func bounded(_ most: Int, longest: Int = 5) throws(SimpleWireRefusal) -> Int {
        let value = try unsigned(longest: longest)
        guard value <= most else { throw SimpleWireRefusal(code: 1008) }
        return value
    }

    mutating func position() throws(SimpleWireRefusal) -> Int { try Self.inBounds(signed()) }

    mutating func choice(_ least: Int, _ most: Int) throws(SimpleWireRefusal) -> Int {
        let value = Int(try byte())
        guard value >= least, value <= most else { throw SimpleWireRefusal(code: 1008) }
        return value
    }

    mutating func bytes() throws(SimpleWireRefusal) -> [UInt8] {
        let count = try unsigned()
        guard count <= rest.count else { throw SimpleWireRefusal(code: 1007) }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func text(_ least: Int, _ most: Int) throws(SimpleWireRefusal) -> [UInt8] {
        let text = try bytes()
        guard text.count <= most else { throw SimpleWireRefusal(code: 1008) }
        guard String(validating: text, as: UTF8.self) != nil else { throw SimpleWireRefusal(code: 1007) }
        guard text.count >= least else { throw SimpleWireRefusal(code: 1008) }
        return text
    }

    mutating func line(_ least: Int, _ most: Int) throws(SimpleWireRefusal) -> [UInt8] {
        let text = try self.text(least, most)
        guard SimpleSample.isLine(text) else { throw SimpleWireRefusal(code: 1008) }
        return text
    }
}
