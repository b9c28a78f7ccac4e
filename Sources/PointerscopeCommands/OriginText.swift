import ByteCore

/// Origins as browsers write them (RFC 6454 section 6.2, after the WHATWG URL standard's serializer): pages
/// are admitted by comparing bytes, and one that no browser writes so would admit nobody.
enum OriginText {
    /// Why a text is no origin, and the mend.
    struct ParseError: Error, Equatable {
        let complaint: String
    }

    private static let standardPorts = ["http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21]

    /// `scheme://host`, and a port that is not the scheme's own; `null` of a page opened from a file.
    static func canonical(_ text: String) throws(ParseError) -> String {
        if text == "null" { return text }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x2C }) else {
            throw ParseError(complaint: "holds a character that no origin has")
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw ParseError(
                complaint: "must be in ASCII, as browsers send it: bücher.example is xn--bcher-kva.example")
        }
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, !parts[2].isEmpty, parts[0].hasSuffix(":") else {
            throw ParseError(complaint: "must be \(shape), or null for pages from a file")
        }
        let scheme = parts[0].dropLast().lowercased()
        guard isScheme(scheme) else { throw ParseError(complaint: "must be \(shape)") }
        let beginning = "\(scheme)://\(parts[2])"
        guard parts.count == 3 else {
            throw ParseError(complaint: "must be \(shape), with no path: \(beginning)")
        }
        guard !parts[2].contains(where: { "?#".contains($0) }) else {
            throw ParseError(complaint: "must be \(shape), with nothing behind it")
        }
        guard !parts[2].contains("@") else {
            let host = parts[2].drop { $0 != "@" }.dropFirst()
            throw ParseError(complaint: "must hold no name and no password: \(scheme)://\(host)")
        }
        guard !parts[2].contains("*") else {
            throw ParseError(
                complaint: "must be one origin: browsers send no wildcards; name each, this is repeatable")
        }
        return try "\(scheme)://" + authority(parts[2], scheme: scheme)
    }

    private static let shape = "scheme://host or scheme://host:port"

    private static func isScheme(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || [0x2B, 0x2D, 0x2E].contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func authority(_ text: Substring, scheme: String) throws(ParseError) -> String {
        // The colons of an address in brackets are its own.
        let end = text.lastIndex(of: "]") ?? text.startIndex
        let colon = text[end...].lastIndex(of: ":")
        let host = try host(text[..<(colon ?? text.endIndex)])
        guard let colon else { return host }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit), let port = Int(digits),
            port <= 65535
        else { throw ParseError(complaint: "has a port that is no number from 0 to 65535") }
        return port == standardPorts[scheme] ? host : "\(host):\(port)"
    }

    private static func host(_ text: Substring) throws(ParseError) -> String {
        if text.hasPrefix("[") || text.contains(":") {
            guard text.hasPrefix("["), text.hasSuffix("]"), text.contains(":"),
                let address = IPAddress(String(text.dropFirst().dropLast()))
            else {
                throw ParseError(
                    complaint: "has an IPv6 address that is none; it goes in brackets: http://[::1]:8080")
            }
            return "[\(address.hexText)]"
        }
        let name = text.lowercased()
        let isName = name.utf8.allSatisfy { isLetter($0) || isDigit($0) || [0x2D, 0x2E, 0x5F].contains($0) }
        // A dot at the end is the root of the name, and browsers leave it.
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard isName, !name.isEmpty, !labels.dropLast().contains(where: \.isEmpty), name != "." else {
            throw ParseError(complaint: "has a host that is neither a name nor an address")
        }
        // A name whose last part is a number is an address to a browser, which writes all four of its parts.
        let last = labels.last { !$0.isEmpty } ?? ""
        if last.utf8.allSatisfy(isDigit), IPAddress(name) == nil {
            throw ParseError(
                complaint: "has an IPv4 address that is none: four numbers from 0 to 255, no zeros in front")
        }
        return name
    }
}
