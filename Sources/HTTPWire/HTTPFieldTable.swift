/// The field lines of a head, in the order they came; names and values stay in the receive buffer.
///
/// One allocation of `HTTPLimits.fields` entries, made once and used for every head of a process. Names given
/// to the lookups are literals; letters are compared without case (RFC 9110 section 5.1).
@safe public struct HTTPFieldTable: ~Copyable {
    private let storage: UnsafeMutablePointer<HTTPField>
    /// Field lines held.
    public private(set) var count = 0

    init() {
        unsafe storage = .allocate(capacity: HTTPLimits.fields)
    }

    deinit { unsafe storage.deallocate() }

    mutating func removeAll() { count = 0 }

    /// Adds a field; false if the table is full.
    mutating func append(_ field: HTTPField) -> Bool {
        guard count < HTTPLimits.fields else { return false }
        unsafe (storage + count).initialize(to: field)
        count += 1
        return true
    }

    /// The field line at `index` (0 ..< count).
    public subscript(index: Int) -> HTTPField {
        precondition(index >= 0 && index < count)
        return unsafe storage[index]
    }

    /// The value of the first field line called `name`; `bytes` begin with the head.
    public func value(of name: StaticString, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        for index in 0..<count where unsafe isNamed(index, name, bytes) {
            return unsafe storage[index].value.slice(of: bytes)
        }
        return nil
    }

    /// How many field lines are called `name`.
    public func count(of name: StaticString, in bytes: UnsafeRawBufferPointer) -> Int {
        var found = 0
        for index in 0..<count where unsafe isNamed(index, name, bytes) { found += 1 }
        return found
    }

    /// The value of the only field line called `name`; nil if there is none or more than one.
    public func onlyValue(
        of name: StaticString, in bytes: UnsafeRawBufferPointer
    ) -> UnsafeRawBufferPointer? {
        unsafe count(of: name, in: bytes) == 1 ? value(of: name, in: bytes) : nil
    }

    /// Whether the body is said to be of this media type, parameters aside (RFC 9110 section 8.3).
    public func hasMediaType(_ name: StaticString, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let value = unsafe onlyValue(of: "content-type", in: bytes) else { return false }
        let type = unsafe value.prefix { $0 != UInt8(ascii: ";") && $0 != HTTPByte.space }
        return unsafe UnsafeRawBufferPointer(rebasing: type).isEqualIgnoringCase(to: name)
    }

    /// Visits the comma-separated elements of every field line called `name`, in order, until `visit` is
    /// false.
    ///
    /// Empty elements are skipped (RFC 9110 section 5.6.1.2). Not for fields whose elements may be quoted.
    public func forEachElement(
        of name: StaticString, in bytes: UnsafeRawBufferPointer,
        _ visit: (UnsafeRawBufferPointer) -> Bool
    ) {
        for index in 0..<count where unsafe isNamed(index, name, bytes) {
            let value = unsafe storage[index].value.slice(of: bytes)
            var start = 0
            while start <= value.count {
                var end = start
                while end < value.count, unsafe value[end] != HTTPByte.comma { end += 1 }
                let element = unsafe HTTPByte.trimmed(UnsafeRawBufferPointer(rebasing: value[start..<end]))
                if unsafe !element.isEmpty, unsafe !visit(element) { return }
                start = end + 1
            }
        }
    }

    /// Whether the list in the field lines called `name` holds `token`, compared without case.
    public func contains(
        token: StaticString, in name: StaticString, of bytes: UnsafeRawBufferPointer
    ) -> Bool {
        var found = false
        unsafe forEachElement(of: name, in: bytes) { element in
            found = unsafe element.isEqualIgnoringCase(to: token)
            return !found
        }
        return found
    }

    func isNamed(_ index: Int, _ name: StaticString, _ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe storage[index].name.slice(of: bytes).isEqualIgnoringCase(to: name)
    }
}
