/// Walks over a JSON text in place (RFC 8259): strict, bounded in depth, without an allocation.
///
/// The caller says what it expects next. Every method that scans a value leaves the scanner behind it.
/// Strings are checked to be UTF-8. After a fault the scanner is of no further use.
@frozen
@safe public struct JSONScanner {
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let end: Int
    @usableFromInline var cursor: Int
    /// Arrays and objects that are open.
    @usableFromInline var depth: Int
    @usableFromInline let maximumDepth: Int

    /// Makes a scanner at the start of `bytes`, which must outlive it.
    ///
    /// No more than `maximumDepth` (at most 64) arrays and objects may be open at once.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int) {
        precondition(maximumDepth <= 64)
        // Memory of no bytes may have no address; nothing is read from this one.
        unsafe base = bytes.baseAddress ?? UnsafeRawPointer(("" as StaticString).utf8Start)
        end = bytes.count
        cursor = 0
        depth = 0
        self.maximumDepth = maximumDepth
    }

    /// The byte that comes next; 0, which no JSON text has outside of a string, at the end.
    @inlinable @inline(__always)
    public var next: UInt8 { unsafe cursor < end ? base.load(fromByteOffset: cursor, as: UInt8.self) : 0 }

    /// Where it stands.
    @inlinable public var offset: Int { cursor }

    /// Passes over a whole value that was read elsewhere, up to `end`.
    @inlinable @inline(__always)
    public mutating func pass(to end: Int) {
        precondition(end >= cursor && end <= self.end)
        cursor = end
    }

    /// Whether nothing is left.
    @inlinable public var isAtEnd: Bool { cursor == end }

    /// Passes over spaces, tabs and line ends.
    @inlinable @inline(__always)
    public mutating func skipWhitespace() {
        while true {
            let byte = next
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            cursor &+= 1
        }
    }

    /// Passes over whitespace up to the end, where the text must end.
    @inlinable
    public mutating func expectEnd() throws(JSONFault) {
        skipWhitespace()
        guard isAtEnd else { throw .trailingBytes }
    }

    /// Passes over `{` or `[`, which is the next byte.
    @inlinable @inline(__always)
    public mutating func open() throws(JSONFault) {
        guard depth < maximumDepth else { throw .nestedTooDeeply }
        depth &+= 1
        cursor &+= 1
    }

    /// After `{`: passes on to the next member's value and returns its key; after the last member passes over
    /// `}` and returns nil.
    @inlinable @inline(__always)
    public mutating func nextKey(isFirst: Bool) throws(JSONFault) -> JSONString? {
        guard try advance(isFirst: isFirst, closing: UInt8(ascii: "}")) else { return nil }
        let key = try scanString()
        skipWhitespace()
        try expect(UInt8(ascii: ":"))
        skipWhitespace()
        return key
    }

    /// After `[`: passes on to the next element and returns true; after the last one passes over `]` and
    /// returns false.
    @inlinable @inline(__always)
    public mutating func nextElement(isFirst: Bool) throws(JSONFault) -> Bool {
        try advance(isFirst: isFirst, closing: UInt8(ascii: "]"))
    }

    /// Passes over the comma before a member or element that is not the first, or over the closing bracket.
    @inlinable @inline(__always)
    mutating func advance(isFirst: Bool, closing: UInt8) throws(JSONFault) -> Bool {
        skipWhitespace()
        if next == closing {
            depth &-= 1
            cursor &+= 1
            return false
        }
        if !isFirst {
            try expect(UInt8(ascii: ","))
            skipWhitespace()
        }
        return true
    }

    @inlinable @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONFault) {
        guard next == byte else { throw fault(.unexpectedByte) }
        cursor &+= 1
    }

    /// `other`, unless what is wrong is that the text ends here.
    @usableFromInline @inline(never)
    func fault(_ other: JSONFault) -> JSONFault { isAtEnd ? .unexpectedEnd : other }
}
