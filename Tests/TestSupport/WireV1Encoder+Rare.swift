public import ByteCore
public import PointerEvents

/// The records that nobody in this repository sends but tests: those of real pages.
extension WireV1Encoder {
    /// The wheel was turned by so many CSS pixels, without a change of offset.
    public mutating func appendWheel(x: Int32, y: Int32, at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        append(.wheel, step, to: &buffer)
        pass(step)
        buffer.appendSigned(Self.bounded(x))
        buffer.appendSigned(Self.bounded(y))
    }

    /// The page can be seen now, or cannot any more.
    public mutating func appendVisibility(_ isVisible: Bool, at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        append(.visibility, step, to: &buffer)
        pass(step)
        buffer.append(isVisible ? 1 : 0)
    }

    /// Viewport and document have another size.
    public mutating func appendResize(
        width: Int32, height: Int32, documentWidth: Int32, documentHeight: Int32, at time: Int64,
        to buffer: inout ByteBuffer
    ) {
        let step = self.step(to: time)
        append(.resize, step, to: &buffer)
        pass(step)
        for value in [width, height, documentWidth, documentHeight] { appendSize(value, to: &buffer) }
    }

    /// What follows is of this type; nil where it is not known.
    public mutating func appendPointer(_ type: PointerType?, to buffer: inout ByteBuffer) {
        buffer.append(WireV1Record.pointer.rawValue)
        buffer.append(type?.rawValue ?? 0)
    }

    /// The page was scrolled to the offset `x`, `y`.
    public mutating func appendScroll(toX x: Int32, y: Int32, at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        append(.scroll, step, to: &buffer)
        pass(step)
        let (newX, newY) = (Self.bounded(x), Self.bounded(y))
        buffer.appendSigned(newX - place.scrollX)
        buffer.appendSigned(newY - place.scrollY)
        (place.scrollX, place.scrollY) = (newX, newY)
    }

    /// The visitor has come to another page, a path of at most 256 bytes, scrolled to `scrollX`, `scrollY`.
    public mutating func appendPage(
        path: UnsafeRawBufferPointer, scrollX: Int32, scrollY: Int32, documentWidth: Int32,
        documentHeight: Int32, at time: Int64, to buffer: inout ByteBuffer
    ) {
        let step = self.step(to: time)
        append(.page, step, to: &buffer)
        pass(step)
        unsafe buffer.appendText(path)
        (place.scrollX, place.scrollY) = (Self.bounded(scrollX), Self.bounded(scrollY))
        buffer.appendSigned(place.scrollX)
        buffer.appendSigned(place.scrollY)
        appendSize(documentWidth, to: &buffer)
        appendSize(documentHeight, to: &buffer)
    }

    /// The page is being left; the last record of a connection.
    public mutating func appendBye(at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        append(.bye, step, to: &buffer)
        pass(step)
    }

    private func appendSize(_ size: Int32, to buffer: inout ByteBuffer) {
        buffer.appendUnsigned(UInt64(min(max(size, 0), Int32(WireV1Limits.position))))
    }
}
