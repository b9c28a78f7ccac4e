import ByteCore
import TestSupport
import Testing

@testable import WebSocketWire

@Suite("Frame headers, masks and encoders")
struct FrameTests {
    @Test("sizes are what the slab is planned with")
    func layout() {
        #expect(MemoryLayout<WebSocketConnection>.size == 16)
        #expect(MemoryLayout<MessageAssembly>.size == 16)
        #expect(WebSocketLimits.frameBytes == 65_550)
    }

    @Test(
        "a header is written in the shortest form and read back from every prefix",
        arguments: [0, 1, 125, 126, 127, 65_535, 65_536, 1 << 40])
    func header(length: Int) {
        for opcode in FrameOpcode.allCases {
            for (isMasked, isFinal) in [(false, true), (true, false)] {
                let header = FrameHeader(opcode, length: length, isMasked: isMasked, isFinal: isFinal)
                var buffer = ByteBuffer()
                header.append(to: &buffer, maskKey: 0x3D21_FA37)
                #expect(header.isLengthMinimal)
                #expect(buffer.count == header.byteCount)
                let bytes = Array(buffer.readable)
                let lengthEnd = header.byteCount - (isMasked ? 4 : 0)
                if isMasked { #expect(bytes[lengthEnd...] == [0x37, 0xFA, 0x21, 0x3D]) }
                for count in 0..<lengthEnd {
                    let partial = bytes[..<count].withUnsafeBytes { FrameHeader.decode($0) }
                    #expect(partial == .needMore(total: count < 2 ? 2 : lengthEnd))
                }
                let whole = bytes[..<lengthEnd].withUnsafeBytes { FrameHeader.decode($0) }
                #expect(whole == .header(header))
            }
        }
    }

    @Test("a mask is undone at every length, phase and alignment")
    func mask() {
        var random = SplitMix64(seed: 0x4D41_534B)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 16)
        defer { memory.deallocate() }
        for count in 0...70 {
            for offset in 0..<8 {
                let phase = random.below(8)
                let key = UInt32(truncatingIfNeeded: random.next())
                let plain = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                let masked = plain.enumerated().map {
                    $0.element ^ UInt8(truncatingIfNeeded: key >> UInt32(($0.offset + phase) % 4 * 8))
                }
                let place = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + count)])
                place.copyBytes(from: masked)
                FrameMask.unmask(place, key: key, phase: phase)
                #expect(Array(place) == plain)
                guard let source = UnsafeRawPointer(memory.baseAddress), phase % 4 == 0 else { continue }
                var copy = [UInt8](repeating: 0xEE, count: count + 1)
                copy.withUnsafeMutableBytes { target in
                    guard let base = target.baseAddress else { return }
                    FrameMask.copy(source + offset, to: base, count: count, key: key)
                }
                #expect(copy == masked + [0xEE])
            }
        }
    }

    @Test("a payload behind its header is unmasked alone, a word at a time")
    func payloads() {
        var random = SplitMix64(seed: 0x7061_796C)
        for count in 0...70 {
            for header in 6...8 {
                let key = UInt32(truncatingIfNeeded: random.next())
                let isASCII = random.once(in: 2)
                let plain = (0..<count).map { _ in
                    UInt8(truncatingIfNeeded: random.next()) & (isASCII ? 0x7F : 0xFF)
                }
                let masked = plain.enumerated().map {
                    $0.element ^ UInt8(truncatingIfNeeded: key >> UInt32($0.offset % 4 * 8))
                }
                let front = (0..<header).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: header + count, alignment: 1)
                defer { memory.deallocate() }
                memory.copyBytes(from: front + masked)
                guard let base = memory.baseAddress else { continue }
                let seen = FrameMask.unmaskPayload(base + header, count: count, key: key)
                #expect(Array(memory) == front + plain)
                #expect((seen & 0x8080_8080_8080_8080 != 0) == plain.contains { $0 >= 0x80 })
            }
        }
    }

    @Test("frames are encoded as the naive writer spells them, for both roles")
    func encoded() {
        for count in [0, 1, 3, 7, 8, 9, 125, 126, 300, 65_535, 65_536] {
            let payload = (0..<count).map { UInt8($0 % 251) }
            for opcode in [FrameOpcode.text, .binary] {
                for isFinal in [true, false] {
                    var frame = WireFrame(opcode: opcode.rawValue, payload: payload, isFinal: isFinal)
                    var buffer = ByteBuffer(capacity: 16)
                    payload.withUnsafeBytes {
                        buffer.appendFrame(opcode, $0, maskKey: 0x3D21_FA37, isFinal: isFinal)
                    }
                    #expect(Array(buffer.readable) == frame.bytes)
                    frame.key = nil
                    buffer.removeAll()
                    payload.withUnsafeBytes { buffer.appendFrame(opcode, $0, isFinal: isFinal) }
                    #expect(Array(buffer.readable) == frame.bytes)
                }
            }
        }
    }

    @Test("close frames carry code and reason, cut to what a control frame holds")
    func closeFrames() {
        var buffer = ByteBuffer()
        buffer.appendCloseFrame(.normal, reason: "bye", maskKey: 0x3D21_FA37)
        #expect(Array(buffer.readable) == WireFrame.close(1000, Array("bye".utf8)).bytes)
        buffer.removeAll()
        buffer.appendCloseFrame(nil)
        #expect(Array(buffer.readable) == [0x88, 0x00])
        buffer.removeAll()
        buffer.appendCloseFrame(nil, maskKey: 0x3D21_FA37)
        #expect(Array(buffer.readable) == [0x88, 0x80, 0x37, 0xFA, 0x21, 0x3D])
        buffer.removeAll()
        buffer.appendCloseFrame(
            .goingAway,
            reason: """
                a reason of far more than one hundred and twenty-three bytes, as nobody should write one, \
                because a control frame has no room for it at all
                """)
        #expect(buffer.count == 2 + 125)
        #expect(buffer.readable[1] == 125)
    }

    @Test("every violation has a close code that may be sent and a reason that fits")
    func violations() {
        for violation in FrameViolation.allCases {
            #expect(violation.code.isSendable)
            #expect(violation.reason.utf8CodeUnitCount <= WebSocketLimits.closeReasonBytes)
            #expect(violation.reason.isASCII)
        }
    }

    @Test("close codes that may be sent are those of the RFC and the registry")
    func closeCodes() {
        let sendable = (0...65_535).filter { CloseCode(rawValue: UInt16($0)).isSendable }
        #expect(sendable == Array(1000...1003) + Array(1007...1014) + Array(3000...4999))
    }
}
