/// A sample as the decoder of `pointerscope.v1` keeps it: 24 bytes, which a compact move fills all at once.
struct WireV1Entry: BitwiseCopyable {
    /// Epoch milliseconds.
    var clock: Int64
    var x: Int32
    var y: Int32
    /// The number of the extra that says more, from 1 on; 0 where nothing does.
    var extra: UInt16 = 0
    var kind: PointerKind = .move
    var fields: SampleFields = .clientTime
}

/// What few samples say beyond place and time.
@safe struct WireV1Extra: BitwiseCopyable {
    var buttons: UInt16 = 0
    var width: Int32 = 0
    var height: Int32 = 0
    var page = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    var tail = DecodedTail()
}
