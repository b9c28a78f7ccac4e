import ByteCore
import PointerEvents
import TestSupport
import Testing

struct SampleEncodingTests {
    @Test func writesThePlainSample() {
        #expect(
            encode(PointerSample(x: 812, y: 433), id: Array("user123".utf8))
                == #"{"id":"user123","x":812,"y":433}"#)
    }

    @Test func writesTheKeysThatWereSentInOrder() {
        var sample = PointerSample(x: 1.5, y: -2, kind: .click)
        sample.clientTime = 1_732_109_508_123
        sample.buttons = 65_535
        sample.width = 1_920
        sample.height = 1_080.5
        let id = Array("u".utf8)
        let page = Array("/pr\"ce".utf8)
        let keys = [
            #","t":1732109508123"#, #","k":"click""#, #","b":65535"#, #","w":1920"#, #","h":1080.5"#,
            #","p":"/pr\"ce""#,
        ]
        for bits in UInt8(0)..<64 {
            sample.fields = SampleFields(rawValue: bits)
            let sent = keys.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
            #expect(encode(sample, id: id, page: page) == #"{"id":"u","x":1.5,"y":-2"# + sent.joined() + "}")
        }
    }

    @Test func writesTheKeysOfATailInOrder() {
        var decoded = DecodedSample.empty
        decoded.sample.kind = .cancel
        var tail = DecodedTail()
        tail.tail.scrollX = 1.5
        tail.tail.scrollY = -2
        tail.tail.documentWidth = 1_280
        tail.tail.documentHeight = 4_000.25
        tail.tail.pointerType = PointerType.pen.rawValue
        let keys = [
            #","sx":1.5"#, #","sy":-2"#, #","dw":1280"#, #","dh":4000.25"#, #","pt":"pen""#,
            #","n":"A\"n""#, ",\"el\":\"\"",
        ]
        Array("A\"n".utf8).withUnsafeBytes { name in
            tail.name = name
            for bits in UInt8(0)..<128 {
                tail.tail.fields = TailFields(rawValue: bits)
                decoded.sample.fields = bits % 2 == 0 ? [.kind, .tail] : .tail
                let sent = keys.enumerated().filter { bits >> $0.offset & 1 == 1 }.map(\.element)
                let kind = bits % 2 == 0 ? #","k":"cancel""# : ""
                #expect(
                    encode(decoded, tail: tail) == #"{"id":"","x":0,"y":0"# + kind + sent.joined() + "}")
            }
        }
    }

    @Test(arguments: PointerKind.allCases)
    func writesEveryKind(kind: PointerKind) {
        var sample = PointerSample(kind: kind)
        sample.fields = .kind
        #expect(encode(sample, id: [0x61]) == #"{"id":"a","x":0,"y":0,"k":"\#(kind.word)"}"#)
    }

    @Test func escapesIds() {
        #expect(
            encode(PointerSample(), id: Array("a\"\\\u{7F}é".utf8)) == #"{"id":"a\"\\\u007fé","x":0,"y":0}"#)
    }

    /// Whatever goes out comes in again, equal in every bit that was sent.
    @Test func isReadBackByTheDecoder() {
        var random = SplitMix64(seed: 21)
        var decoder = JSONPointerDecoder()
        for _ in 0..<5_000 {
            func number() -> Double {
                let value = Double(bitPattern: random.next())
                return value.isFinite && random.below(2) == 0 ? value : Double(random.below(100_000)) / 64
            }
            var sample = PointerSample(x: number(), y: number())
            sample.fields = SampleFields(rawValue: UInt8(random.below(64)))
            if sample.fields.contains(.clientTime) { sample.clientTime = number() }
            if sample.fields.contains(.kind) { sample.kind = PointerKind.allCases[random.below(8)] }
            if sample.fields.contains(.buttons) { sample.buttons = UInt16(random.below(65_536)) }
            if sample.fields.contains(.width) { sample.width = number().magnitude }
            if sample.fields.contains(.height) { sample.height = number().magnitude }
            let id = "user \(random.below(1_000))é\"\\/"
            let page = sample.fields.contains(.page) ? "/\u{1}\u{7F}\u{2028}/\(random.below(100))" : ""
            let text = encode(sample, id: Array(id.utf8), page: Array(page.utf8))
            let bytes = Array(text.utf8)
            bytes.withUnsafeBytes { message in
                let outcome = decoder.decode(message)
                #expect(outcome == .accepted(count: 1))
                guard outcome == .accepted(count: 1) else { return }
                let back = decoder.sample(at: 0)
                #expect(
                    withUnsafeBytes(of: back.sample, Array.init) == withUnsafeBytes(of: sample, Array.init))
                #expect(String(decoding: back.id, as: UTF8.self) == id)
                #expect(String(decoding: back.page, as: UTF8.self) == page)
            }
        }
    }
}
