/// Reading field lines and what they say about the body; a request's and a response's alike.
extension HTTPFieldTable {
    /// Reads the lines from `start` up to the empty line that ends at `end`.
    ///
    /// `bytes` begin with the head and have passed `HeadScanner`, so each carriage return ends a line.
    mutating func parse(
        _ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) throws(HTTPRefusal) {
        removeAll()
        var lineStart = start
        while unsafe bytes[lineStart] != HTTPByte.carriageReturn {
            var lineEnd = lineStart
            var colon: Int?
            while unsafe bytes[lineEnd] != HTTPByte.carriageReturn {
                if colon == nil, unsafe bytes[lineEnd] == HTTPByte.colon { colon = lineEnd }
                lineEnd += 1
            }
            try unsafe checkName(bytes, from: lineStart, colon: colon)
            let field = unsafe Self.field(bytes, from: lineStart, colon: colon ?? lineEnd, to: lineEnd)
            guard append(field) else { throw .tooManyFields }
            lineStart = lineEnd + 2
        }
        assert(lineStart + 2 == end)
    }

    /// Refuses what RFC 9112 section 5 forbids before the colon.
    private func checkName(
        _ bytes: UnsafeRawBufferPointer, from start: Int, colon: Int?
    ) throws(HTTPRefusal) {
        if unsafe HTTPByte.isWhitespace(bytes[start]) { throw .foldedField }
        guard let colon, colon > start else { throw .malformedFieldName }
        if unsafe HTTPByte.isWhitespace(bytes[colon - 1]) { throw .spaceBeforeColon }
        for index in start..<colon where unsafe !HTTPByte.isToken(bytes[index]) { throw .malformedFieldName }
    }

    private static func field(
        _ bytes: UnsafeRawBufferPointer, from start: Int, colon: Int, to lineEnd: Int
    ) -> HTTPField {
        var valueStart = colon + 1
        var valueEnd = lineEnd
        while valueStart < valueEnd, unsafe HTTPByte.isWhitespace(bytes[valueStart]) { valueStart += 1 }
        while valueEnd > valueStart, unsafe HTTPByte.isWhitespace(bytes[valueEnd - 1]) { valueEnd -= 1 }
        return HTTPField(name: HTTPRange(start, colon), value: HTTPRange(valueStart, valueEnd))
    }

    /// Where the fields say that the body ends; `.none` when they say nothing (RFC 9112 section 6.3).
    func bodyFraming(
        in bytes: UnsafeRawBufferPointer, version: HTTPVersion
    ) throws(HTTPRefusal) -> HTTPBodyFraming {
        let length = try unsafe contentLength(in: bytes)
        guard unsafe count(of: "transfer-encoding", in: bytes) > 0 else {
            return length.map { .length($0) } ?? .none
        }
        // Each of these is how requests are smuggled past a proxy that reads them otherwise.
        if version == .http10 { throw .transferCodingInOldVersion }
        if length != nil { throw .lengthWithTransferCoding }
        var codings = 0
        var chunkedCodings = 0
        var lastIsChunked = false
        unsafe forEachElement(of: "transfer-encoding", in: bytes) { coding in
            codings += 1
            lastIsChunked = unsafe coding.isEqualIgnoringCase(to: "chunked")
            if lastIsChunked { chunkedCodings += 1 }
            return true
        }
        guard lastIsChunked, chunkedCodings == 1 else { throw .malformedTransferCoding }
        guard codings == 1 else { throw .unknownTransferCoding }
        return .chunked
    }

    /// The value of Content-Length; equal repeated lines count as one (RFC 9110 section 8.6).
    private func contentLength(in bytes: UnsafeRawBufferPointer) throws(HTTPRefusal) -> Int? {
        var length: Int?
        for index in 0..<count where unsafe isNamed(index, "content-length", bytes) {
            let value = unsafe self[index].value.slice(of: bytes)
            guard unsafe !value.isEmpty, value.count <= HTTPLimits.contentLengthDigits else {
                throw .malformedContentLength
            }
            var number = 0
            for index in value.indices {
                let byte = unsafe value[index]
                guard HTTPByte.isDigit(byte) else { throw .malformedContentLength }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            if let length, length != number { throw .conflictingContentLength }
            length = number
        }
        return length
    }

    /// Whether the connection outlives this message (RFC 9112 section 9.3).
    func isKeepAlive(in bytes: UnsafeRawBufferPointer, version: HTTPVersion) -> Bool {
        if unsafe contains(token: "close", in: "connection", of: bytes) { return false }
        return switch version {
        case .http11: true
        case .http10: unsafe contains(token: "keep-alive", in: "connection", of: bytes)
        }
    }
}
