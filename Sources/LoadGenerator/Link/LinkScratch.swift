import HTTPWire

/// What all links of a process share because only one is read at a time.
@safe struct LinkScratch: ~Copyable {
    /// Where sockets are read into.
    let room: UnsafeMutableRawBufferPointer
    /// Where answers to handshakes are parsed into.
    var response = HTTPParsedResponse()

    init(byteCount: Int) {
        unsafe room = .allocate(byteCount: byteCount, alignment: 16)
    }

    deinit { unsafe room.deallocate() }
}
