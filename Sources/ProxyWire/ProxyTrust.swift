import ByteCore
public import HTTPWire

/// Whom to believe about who is asking: proxies, and the one field that they name their clients in.
public struct ProxyTrust: Hashable, Sendable {
    public var proxies: TrustedProxies
    public var field: ForwardedField

    /// By default nobody is believed.
    public init(proxies: TrustedProxies = TrustedProxies(), field: ForwardedField = .standard) {
        self.proxies = proxies
        self.field = field
    }

    /// Who a request is from, and what was wrong with what a proxy said of it.
    public struct Finding: Equatable, Sendable {
        public var client: ClientAddress
        public var fault: ForwardedFault?
    }

    /// Whether `connection`, which is whoever the connection itself is from, is one of the proxies. Who is
    /// not named is none, whoever brought it.
    public func includes(_ connection: ClientAddress) -> Bool {
        switch connection {
        case .peer(let peer): proxies.contains(peer)
        case .named(let address): proxies.contains(address)
        case .unnamed: false
        }
    }

    /// Finds out who a request is from, whose connection is from `connection` and whose fields are `fields`
    /// of `bytes`.
    ///
    /// The field's lines are one list, in order. Each proxy appends whom it was reached by, so what is true
    /// of it is its end: from there the first address that is no proxy's is the client's, and nothing in
    /// front of it is looked at. A value that cannot be read says nothing, and the request is its proxy's.
    public func client(
        _ connection: ClientAddress, _ fields: borrowing HTTPFieldTable, in bytes: UnsafeRawBufferPointer
    ) -> Finding {
        guard includes(connection) else { return Finding(client: connection) }
        var walk = Walk(proxies: proxies)
        var lines = 0
        for index in (0..<fields.count).reversed()
        where unsafe isField(fields[index].name.slice(of: bytes)) {
            lines += 1
            if field.syntax == .single, lines > 1 { return Finding(client: connection, fault: .repeated) }
            switch unsafe walk.take(fields[index].value.slice(of: bytes), field.syntax) {
            case .further: continue
            case .client(let client): return Finding(client: client)
            case .malformed: return Finding(client: connection, fault: .malformed)
            }
        }
        if let leftmost = walk.leftmost { return Finding(client: .named(leftmost)) }
        return Finding(client: connection, fault: lines > 0 ? .empty : nil)
    }

    /// Whether a field line's name is that of the field, letters compared without case.
    private func isField(_ name: UnsafeRawBufferPointer) -> Bool {
        guard name.count == field.name.utf8.count else { return false }
        var index = 0
        for byte in field.name.utf8 {
            let other = unsafe name[index]
            guard (other &- UInt8(ascii: "A") < 26 ? other | 0x20 : other) == byte else { return false }
            index += 1
        }
        return true
    }
}

/// The way through a list, from its right end to its left.
private struct Walk {
    let proxies: TrustedProxies
    /// The address that was met last.
    private(set) var leftmost: IPAddress?

    enum Step {
        /// Only proxies so far.
        case further
        case client(ClientAddress)
        case malformed
    }

    init(proxies: TrustedProxies) { self.proxies = proxies }

    /// Goes through one line.
    mutating func take(_ line: UnsafeRawBufferPointer, _ syntax: ForwardedField.Syntax) -> Step {
        switch syntax {
        case .single: return unsafe line.isEmpty ? .further : take(ForwardedElement(line, isNode: false))
        case .list: return unsafe takeList(line)
        case .forwarded:
            guard let elements = unsafe ForwardedLine.elements(of: line) else { return .malformed }
            for element in elements.reversed() {
                let step = take(element)
                guard case .further = step else { return step }
            }
            return .further
        }
    }

    /// What stands between the commas; nothing between two is no element (RFC 9110 section 5.6.1.2).
    private mutating func takeList(_ line: UnsafeRawBufferPointer) -> Step {
        var end = line.count
        while end > 0 {
            var start = end
            while start > 0, unsafe line[start - 1] != UInt8(ascii: ",") { start -= 1 }
            let part = unsafe Self.trimmed(UnsafeRawBufferPointer(rebasing: line[start..<end]))
            if unsafe !part.isEmpty {
                let step = unsafe take(ForwardedElement(part, isNode: false))
                guard case .further = step else { return step }
            }
            end = start - 1
        }
        return .further
    }

    private mutating func take(_ element: ForwardedElement?) -> Step {
        switch element {
        case nil: return .malformed
        case .unnamed: return .client(.unnamed)
        case .address(let address):
            guard proxies.contains(address) else { return .client(.named(address)) }
            leftmost = address
            return .further
        }
    }

    private static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = text.count
        while start < end, unsafe text[start] == 0x20 || text[start] == 0x09 { start += 1 }
        while end > start, unsafe text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
        return unsafe UnsafeRawBufferPointer(rebasing: text[start..<end])
    }
}
