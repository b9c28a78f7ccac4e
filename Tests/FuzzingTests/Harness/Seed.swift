import ByteCore

/// Shorthand for making seeds.
enum Seed {
    static func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    /// What `build` appends.
    static func bytes(_ build: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 256)
        build(&buffer)
        return Array(buffer.readable)
    }
}

extension StaticString {
    /// Its bytes.
    var rawBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
