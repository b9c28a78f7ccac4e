/// The request line and Host.
extension HTTPRequestHead {
    /// Reads `METHOD SP target SP HTTP/1.x CR LF` at `start`; returns the offset behind it.
    mutating func parseRequestLine(
        _ bytes: UnsafeRawBufferPointer, from start: Int
    ) throws(HTTPRefusal) -> Int {
        var lineEnd = start
        while unsafe bytes[lineEnd] != HTTPByte.carriageReturn { lineEnd += 1 }

        var methodEnd = start
        while methodEnd < lineEnd, unsafe bytes[methodEnd] != HTTPByte.space { methodEnd += 1 }
        guard methodEnd > start, methodEnd < lineEnd else { throw .malformedRequestLine }
        for index in start..<methodEnd where unsafe !HTTPByte.isToken(bytes[index]) { throw .malformedMethod }
        method = unsafe HTTPMethod(token: UnsafeRawBufferPointer(rebasing: bytes[start..<methodEnd]))

        let targetStart = methodEnd + 1
        var targetEnd = targetStart
        while targetEnd < lineEnd, unsafe bytes[targetEnd] != HTTPByte.space { targetEnd += 1 }
        guard targetEnd > targetStart, targetEnd < lineEnd else { throw .malformedRequestLine }
        let versionBytes = unsafe UnsafeRawBufferPointer(rebasing: bytes[(targetEnd + 1)..<lineEnd])
        version = try unsafe HTTPVersion(parsing: versionBytes)
        try unsafe parseTarget(bytes, from: targetStart, to: targetEnd)
        return lineEnd + 2
    }

    /// Splits the target by its form (RFC 9112 section 3.2).
    private mutating func parseTarget(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) throws(HTTPRefusal) {
        for index in start..<end where unsafe !HTTPByte.isTarget(bytes[index]) { throw .malformedTarget }
        target = HTTPRange(start, end)
        let whole = unsafe target.slice(of: bytes)
        if method == .connect {
            authority = unsafe try HTTPAuthority(bytes, from: start, to: end)
            path = HTTPRange(end, end)
        } else if unsafe bytes[start] == HTTPByte.slash {
            unsafe splitPath(bytes, from: start, to: end)
        } else if unsafe whole.isEqual(to: "*") {
            guard method == .options else { throw .malformedTarget }
            path = target
        } else {
            try unsafe parseAbsoluteTarget(bytes, from: start, to: end)
        }
    }

    /// Reads `http://host:port/path?query`; such a target's host stands above Host.
    private mutating func parseAbsoluteTarget(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) throws(HTTPRefusal) {
        var colon = start
        while colon < end, unsafe bytes[colon] != HTTPByte.colon { colon += 1 }
        let scheme = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<colon])
        guard unsafe scheme.isEqualIgnoringCase(to: "http") || scheme.isEqualIgnoringCase(to: "https"),
            colon + 3 < end, unsafe bytes[colon + 1] == HTTPByte.slash,
            unsafe bytes[colon + 2] == HTTPByte.slash
        else { throw .malformedTarget }
        let hostStart = colon + 3
        var hostEnd = hostStart
        while hostEnd < end, unsafe bytes[hostEnd] != HTTPByte.slash,
            unsafe bytes[hostEnd] != HTTPByte.question
        {
            hostEnd += 1
        }
        let named = try unsafe HTTPAuthority(bytes, from: hostStart, to: hostEnd)
        guard !named.host.isEmpty else { throw .malformedTarget }
        authority = named
        if hostEnd < end, unsafe bytes[hostEnd] == HTTPByte.slash {
            unsafe splitPath(bytes, from: hostEnd, to: end)
        } else {
            // The path is "/" though none was written; the slash before the host lends its byte.
            path = HTTPRange(hostStart - 1, hostStart)
            query = hostEnd < end ? HTTPRange(hostEnd + 1, end) : nil
        }
    }

    private mutating func splitPath(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) {
        var pathEnd = start
        while pathEnd < end, unsafe bytes[pathEnd] != HTTPByte.question { pathEnd += 1 }
        path = HTTPRange(start, pathEnd)
        query = pathEnd < end ? HTTPRange(pathEnd + 1, end) : nil
    }

    /// Enforces RFC 9112 section 3.2: exactly one well-formed Host in HTTP/1.1, at most one in HTTP/1.0.
    mutating func parseHost(_ bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) {
        var found: HTTPAuthority?
        for index in 0..<fields.count where unsafe fields.isNamed(index, "host", bytes) {
            guard found == nil else { throw .repeatedHost }
            let value = fields[index].value
            let start = Int(value.start)
            found = unsafe try HTTPAuthority(bytes, from: start, to: start + Int(value.count))
        }
        guard found != nil || version == .http10 else { throw .missingHost }
        authority = authority ?? found
    }
}
