import ByteCore

@testable import PointerEvents

/// The records that nobody here sends but tests: those of real pages.
extension WireV1Encoder {
    /// The wheel was turned by so many CSS pixels, without a change of offset.
    mutating func appendWheel(x: Int32, y: Int32, at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        append(.wheel, step, to: &buffer)
        pass(step)
        buffer.appendSigned(Self.bounded(x))
        buffer.appendSigned(Self.bounded(y))
    }

    /// The page can be seen now, or cannot any more.
    mutating func appendVisibility(_ isVisible: Bool, at time: Int64, to buffer: inout ByteBuffer) {
        let step = self.step(to: time)
        append(.visibility, step, to: &buffer)
        pass(step)
        buffer.append(isVisible ? 1 : 0)
    }

    /// Viewport and document have another size.
    mutating func appendResize(
        width: Int32, height: Int32, documentWidth: Int32, documentHeight: Int32, at time: Int64,
        to buffer: inout ByteBuffer
    ) {
        let step = self.step(to: time)
        append(.resize, step, to: &buffer)
        pass(step)
        for value in [width, height, documentWidth, documentHeight] { appendSize(value, to: &buffer) }
    }

    /// A name given by the owner of the page: 1 to 64 bytes without control characters.
    mutating func appendName(_ name: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
        buffer.append(WireV1Record.name.rawValue)
        unsafe buffer.appendText(name)
    }

    /// What follows is of this type; nil where it is not known.
    mutating func appendPointer(_ type: PointerType?, to buffer: inout ByteBuffer) {
        buffer.append(WireV1Record.pointer.rawValue)
        buffer.append(type?.rawValue ?? 0)
    }
}
