import ByteCore
import TestSupport
import Testing

struct UTF8ValidatorTests {
    /// How many bytes a validator takes, one at a time, before it says no; nil where it never does.
    private func offence(in bytes: [UInt8]) -> Int? {
        var validator = UTF8Validator()
        for index in bytes.indices {
            let isGood = bytes[index...index].withUnsafeBytes { validator.consume($0) }
            if !isGood { return index }
        }
        return nil
    }

    private func isValid(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { UTF8Validator.isValid($0) }
    }

    /// RFC 3629, sections 3 and 7, and the borders of the table in section 4.
    @Test(
        arguments: [
            [], [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF],
            [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
            [0x41, 0xE2, 0x89, 0xA2, 0xCE, 0x91, 0x2E], [0xEF, 0xBB, 0xBF, 0xF0, 0xA3, 0x8E, 0xB4],
        ] as [[UInt8]])
    func takesWhatIsUTF8(bytes: [UInt8]) {
        #expect(isValid(bytes))
        #expect(offence(in: bytes) == nil)
    }

    /// Each with the index of the byte at which nothing could save it any more.
    @Test(
        arguments: [
            ([0x80], 0), ([0xBF], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xF5, 0x80], 0), ([0xFF], 0),
            ([0xC2, 0x41], 1), ([0xE0, 0x9F, 0x80], 1), ([0xED, 0xA0, 0x80], 1),
            ([0xF0, 0x8F, 0x80, 0x80], 1),
            ([0xF4, 0x90, 0x80, 0x80], 1), ([0xE1, 0x80, 0xC0], 2), ([0xF1, 0x80, 0x80, 0x41], 3),
            ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xFE], 9),
        ] as [([UInt8], Int)])
    func refusesAtTheFirstOffence(bytes: [UInt8], index: Int) {
        #expect(!isValid(bytes))
        #expect(offence(in: bytes) == index)
    }

    @Test(arguments: [[0xC2], [0xE2, 0x82], [0xF0, 0x9F], [0xF0, 0x9F, 0x96], [0x61, 0xE2]] as [[UInt8]])
    func isIncompleteWithinACharacter(bytes: [UInt8]) {
        var validator = UTF8Validator()
        let isGood = bytes.withUnsafeBytes { validator.consume($0) }
        #expect(isGood)
        #expect(!validator.isComplete)
        #expect(!isValid(bytes))
    }

    @Test func staysRefused() {
        var validator = UTF8Validator()
        let verdicts = [[0xFF], [0x61], []].map { (bytes: [UInt8]) in
            bytes.withUnsafeBytes { validator.consume($0) }
        }
        #expect(verdicts == [false, false, false])
        #expect(!validator.isComplete)
    }

    /// All sequences of two bytes, and the beginnings of three and four, against the standard library.
    @Test func agreesWithTheStandardLibrary() {
        var wrong = 0
        let tail: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        for first in 0..<256 {
            for second in 0..<256 {
                let two = [UInt8(first), UInt8(second)]
                var candidates = [two]
                if first >= 0xE0 {
                    candidates += tail.flatMap { third in [two + [third], two + [third, 0x80]] }
                }
                for bytes in candidates
                where isValid(bytes) != (String(validating: bytes, as: UTF8.self) != nil) {
                    wrong += 1
                }
            }
        }
        #expect(wrong == 0)
    }

    /// Random texts, some of them broken: however they are cut, the verdict is the standard library's.
    @Test func doesNotCareHowATextIsCut() {
        var random = SplitMix64(seed: 4)
        for _ in 0..<3_000 {
            var bytes: [UInt8] = []
            while bytes.count < 24 {
                let bound = [0x80, 0x80, 0x800, 0x1_0000, 0x11_0000][random.below(5)]
                guard let scalar = Unicode.Scalar(UInt32(random.below(bound))) else { continue }
                bytes += Array(String(Character(scalar)).utf8)
            }
            if random.below(2) == 0 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { bytes.removeLast() }
            let expected = String(validating: bytes, as: UTF8.self) != nil
            #expect(isValid(bytes) == expected)
            for cut in 0...bytes.count {
                var validator = UTF8Validator()
                let first = bytes[..<cut].withUnsafeBytes { validator.consume($0) }
                let second = bytes[cut...].withUnsafeBytes { validator.consume($0) }
                if (first && second && validator.isComplete) != expected {
                    Issue.record("\(bytes) cut at \(cut)")
                }
            }
            #expect(offence(in: bytes) == nil || !expected)
        }
    }
}
