import Testing

@testable import WebSocketWire

/// Messages in one frame, found by either way.
@Suite struct WholeFramesTests {
    @Test func looksBeforeItJudgesAndFindsTheSame() {
        let frames = WholeFrames(start: 0x81)
        for length in [0, 1, 7, 8, 124, 125, 126, 127, 128, 300, 65_535, 65_536] {
            for first in [0x81, 0x82, 0x01, 0xC1, 0x89] as [UInt8] {
                for hasShortHeader in [true, false] where hasShortHeader == (length < 126) || length < 126 {
                    let header: [UInt8] =
                        hasShortHeader
                        ? [first, 0x80 | UInt8(length)]
                        : length < 65_536
                            ? [first, 0xFE, UInt8(length >> 8), UInt8(length & 0xFF)]
                            : [first, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0]
                    let frame = header + [1, 2, 3, 4] + [UInt8](repeating: 0x20, count: length)
                    for missing in [0, 1, frame.count - 1, frame.count] {
                        expectSame(frames, Array(frame.dropLast(missing)), missing: missing)
                    }
                }
            }
        }
    }

    private func expectSame(_ frames: WholeFrames, _ frame: [UInt8], missing: Int) {
        // What stands behind goes on like a frame that is whole.
        var bytes = frame + [UInt8](repeating: 0x81, count: WholeFrames.slack)
        bytes.withUnsafeMutableBytes { bytes in
            let start = bytes.baseAddress!
            let judged = frames.next(UnsafeMutableRawBufferPointer(start: start, count: frame.count))
            let looked = frames.next(from: start, to: start + frame.count)
            #expect(judged?.payload == looked?.payload && judged?.count == looked?.count)
            #expect(judged?.key == looked?.key && judged?.consumed == looked?.consumed)
            #expect(missing == 0 || judged == nil)
        }
    }
}
