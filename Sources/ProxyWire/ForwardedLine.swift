import ByteCore

/// The elements of one field line of `Forwarded` (RFC 7239 section 4), from the left.
///
/// ```
/// for=192.0.2.60;proto=http;by=203.0.113.43, For="[2001:db8:cafe::17]:4711"
/// ```
@safe struct ForwardedLine {
    /// Reads a line; nil where anything in it breaks the grammar, since quotes decide where an element ends.
    static func elements(of line: UnsafeRawBufferPointer) -> [ForwardedElement]? {
        var reader = unsafe ForwardedLine(line)
        var elements: [ForwardedElement] = []
        while true {
            reader.skipBlanks()
            if reader.isAtEnd { return elements }
            if reader.take(UInt8(ascii: ",")) { continue }
            guard let element = reader.element() else { return nil }
            elements.append(element)
            reader.skipBlanks()
            guard reader.isAtEnd || reader.take(UInt8(ascii: ",")) else { return nil }
        }
    }

    private let base: UnsafeRawBufferPointer
    private var at = 0
    /// A quoted value without its backslashes.
    private var unquoted: [UInt8] = []

    private init(_ line: UnsafeRawBufferPointer) { unsafe base = line }

    private var isAtEnd: Bool { unsafe at == base.count }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard !isAtEnd, unsafe base[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func skipBlanks() {
        while !isAtEnd, unsafe base[at] == 0x20 || base[at] == 0x09 { at += 1 }
    }

    /// Pairs separated by semicolons, of which one may name the client.
    private mutating func element() -> ForwardedElement? {
        var client: ForwardedElement?
        repeat {
            skipBlanks()
            // An empty pair is allowed (section 4: `[ forwarded-pair ] *( ";" [ forwarded-pair ] )`).
            if unsafe isAtEnd || base[at] == UInt8(ascii: ";") || base[at] == UInt8(ascii: ",") { continue }
            let start = at
            while !isAtEnd, unsafe Self.isToken(base[at]) { at += 1 }
            let isFor = unsafe Self.isFor(UnsafeRawBufferPointer(rebasing: base[start..<at]))
            guard at > start, take(UInt8(ascii: "=")), takeValue() else { return nil }
            if isFor {
                // A name may stand only once (section 4).
                guard client == nil,
                    let node = unsafe unquoted.withUnsafeBytes({ unsafe ForwardedElement($0, isNode: true) })
                else { return nil }
                client = node
            }
            skipBlanks()
        } while take(UInt8(ascii: ";"))
        // A proxy that only says by whom it was reached tells nothing of its client.
        return client ?? .unnamed
    }

    /// A token or a quoted string (RFC 9110 section 5.6.4) into `unquoted`.
    private mutating func takeValue() -> Bool {
        unquoted.removeAll(keepingCapacity: true)
        guard take(UInt8(ascii: "\"")) else {
            while !isAtEnd, unsafe Self.isToken(base[at]) {
                unsafe unquoted.append(base[at])
                at += 1
            }
            return !unquoted.isEmpty
        }
        while !isAtEnd {
            if take(UInt8(ascii: "\"")) { return true }
            if take(UInt8(ascii: "\\")), isAtEnd { return false }
            unsafe unquoted.append(base[at])
            at += 1
        }
        return false
    }

    private static func isFor(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count == 3 else { return false }
        return unsafe name[0] | 0x20 == UInt8(ascii: "f") && name[1] | 0x20 == UInt8(ascii: "o")
            && name[2] | 0x20 == UInt8(ascii: "r")
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "^")...UInt8(ascii: "z"),
            UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
