import ByteCore
import PointerEvents
import Testing

struct SampleRefusalTests {
    /// 1007: not JSON. What is wrong by itself is not told when the whole is no JSON.
    @Test(
        arguments: [
            ("", .unexpectedEnd),
            (" \n", .unexpectedEnd),
            ("{", .unexpectedEnd),
            (#"{"id":"u","x":1,"y":2"#, .unexpectedEnd),
            // A byte order mark is no whitespace (RFC 8259, section 8.1).
            ("\u{FEFF}{\"id\":\"u\",\"x\":1,\"y\":2}", .unexpectedByte),
            (#"{"id":"u","x":1,"y":2,}"#, .unexpectedByte),
            (#"[{"id":"u","x":1,"y":2},]"#, .unexpectedByte),
            (#"{'id':'u'}"#, .unexpectedByte),
            (#"{"id":"u","x":NaN,"y":2}"#, .unexpectedByte),
            (#"{"id":"u","x":+1,"y":2}"#, .unexpectedByte),
            (#"{"id":"u","x":.5,"y":2}"#, .unexpectedByte),
            (#"{"id":"u" "x":1,"y":2}"#, .unexpectedByte),
            (#"{"id":"u","x":01,"y":2}"#, .malformedNumber),
            (#"{"id":"u","x":1.,"y":2}"#, .malformedNumber),
            (#"{"id":"u","x":1,"y":-}"#, .malformedNumber),
            (#"{"id":"\q","x":1,"y":2}"#, .malformedEscape),
            ("{\"id\":\"u\n\",\"x\":1,\"y\":2}", .controlCharacter),
            (#"{"id":"u","x":1,"y":2}{"id":"u","x":1,"y":2}"#, .trailingBytes),
            ("{\"id\":\"u\",\"x\":1,\"y\":2}\0", .trailingBytes),
            // Unacceptable first, not JSON later: 1007 all the same.
            (#"{"id":5,"x":1,"y":2"#, .unexpectedEnd),
            (#"[5,{"x":1e999,}]"#, .unexpectedByte),
            (#"{"id":"u","id":"u","x":tru}"#, .unexpectedByte),
            // Within a value that is ignored.
            (#"{"id":"u","x":1,"y":2,"z":[1,]}"#, .unexpectedByte),
            (#"{"id":"u","x":1,"y":2,"z":{"a":01}}"#, .malformedNumber),
        ] as [(String, JSONFault)])
    func refusesWhatIsNotJSON(message: String, fault: JSONFault) {
        let decoded = Decoded(message)
        #expect(decoded.refusal == .notJSON(fault))
        #expect(decoded.refusal?.closeCode == 1_007)
    }

    @Test func refusesWhatIsNotUTF8() {
        for bytes in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]]
        {
            for key in ["id", "p", "unknown"] {
                let message = Array("{\"\(key)\":\"ok ".utf8) + bytes + Array("\"}".utf8)
                #expect(Decoded(message).refusal == .notJSON(.notUTF8))
            }
        }
    }

    /// 1008: JSON, but not acceptable.
    @Test(
        arguments: [
            // Not a sample, nor an array of samples.
            ("1", .notAnObject), ("null", .notAnObject), (#""id""#, .notAnObject), ("[1]", .notAnObject),
            ("[[]]", .notAnObject), ("[{}]", .missing(.id)),
            (#"[{"id":"u","x":1,"y":2},null]"#, .notAnObject),
            (#"[[{"id":"u","x":1,"y":2}]]"#, .notAnObject),
            // Incomplete.
            ("{}", .missing(.id)), (#"{"x":1,"y":2}"#, .missing(.id)), (#"{"id":"u","y":2}"#, .missing(.x)),
            (#"{"id":"u","x":2}"#, .missing(.y)), (#"{"Id":"u","x":1,"y":2}"#, .missing(.id)),
            (#"{"id":"u","X":1,"y":2}"#, .missing(.x)),
            // Said twice, in whatever spelling.
            (#"{"id":"u","id":"u","x":1,"y":2}"#, .duplicate(.id)),
            (#"{"\u0069d":"u","id":"u","x":1,"y":2}"#, .duplicate(.id)),
            (#"{"id":"u","x":1,"y":2,"x":1}"#, .duplicate(.x)),
            (#"{"id":"u","x":1,"y":2,"y":2}"#, .duplicate(.y)),
            (#"{"id":"u","x":1,"y":2,"t":1,"t":1}"#, .duplicate(.clientTime)),
            (#"{"id":"u","x":1,"y":2,"k":"up","\u006B":"up"}"#, .duplicate(.kind)),
            (#"{"id":"u","x":1,"y":2,"b":1,"b":1}"#, .duplicate(.buttons)),
            (#"{"id":"u","x":1,"y":2,"w":1,"w":1}"#, .duplicate(.width)),
            (#"{"id":"u","x":1,"y":2,"h":1,"h":1}"#, .duplicate(.height)),
            (#"{"id":"u","x":1,"y":2,"p":"","p":""}"#, .duplicate(.page)),
            (#"{"id":"u","x":1,"y":2,"sx":1,"sx":1}"#, .duplicate(.scrollX)),
            (#"{"id":"u","x":1,"y":2,"sy":1,"s\u0079":1}"#, .duplicate(.scrollY)),
            (#"{"id":"u","x":1,"y":2,"dw":1,"dw":1}"#, .duplicate(.documentWidth)),
            (#"{"id":"u","x":1,"y":2,"dh":1,"dh":1}"#, .duplicate(.documentHeight)),
            (#"{"id":"u","x":1,"y":2,"pt":"pen","pt":"pen"}"#, .duplicate(.pointerType)),
            (#"{"id":"u","x":1,"y":2,"n":"a","n":"a"}"#, .duplicate(.name)),
            (#"{"id":"u","x":1,"y":2,"el":"a","el":"a"}"#, .duplicate(.element)),
            // Not an id.
            (#"{"id":"","x":1,"y":2}"#, .unacceptable(.id)), (#"{"id":5,"x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":null,"x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":["u"],"x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":"a\u0000","x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":"a\tb","x":1,"y":2}"#, .unacceptable(.id)),
            ("{\"id\":\"\u{7F}\",\"x\":1,\"y\":2}", .unacceptable(.id)),
            ("{\"id\":\"\u{80}\",\"x\":1,\"y\":2}", .unacceptable(.id)),
            (#"{"id":"\u009f","x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":"\ud800","x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":"\udc00\ud800","x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":"\udc00\udc00","x":1,"y":2}"#, .unacceptable(.id)),
            (#"{"id":"\ud800\udbff","x":1,"y":2}"#, .unacceptable(.id)),
            // Not a place.
            (#"{"id":"u","x":"1","y":2}"#, .unacceptable(.x)),
            (#"{"id":"u","x":null,"y":2}"#, .unacceptable(.x)),
            (#"{"id":"u","x":1e309,"y":2}"#, .unacceptable(.x)),
            (#"{"id":"u","x":1,"y":true}"#, .unacceptable(.y)),
            (#"{"id":"u","x":1,"y":-1e309}"#, .unacceptable(.y)),
            (#"{"id":"u","x":1,"y":{}}"#, .unacceptable(.y)),
            // Not what the other keys hold.
            (#"{"id":"u","x":1,"y":2,"t":"now"}"#, .unacceptable(.clientTime)),
            (#"{"id":"u","x":1,"y":2,"t":null}"#, .unacceptable(.clientTime)),
            (#"{"id":"u","x":1,"y":2,"k":"Move"}"#, .unacceptable(.kind)),
            (#"{"id":"u","x":1,"y":2,"k":"kill"}"#, .unacceptable(.kind)),
            (#"{"id":"u","x":1,"y":2,"k":""}"#, .unacceptable(.kind)),
            (#"{"id":"u","x":1,"y":2,"k":0}"#, .unacceptable(.kind)),
            (#"{"id":"u","x":1,"y":2,"k":"\ud83d"}"#, .unacceptable(.kind)),
            (#"{"id":"u","x":1,"y":2,"b":1.5}"#, .unacceptable(.buttons)),
            (#"{"id":"u","x":1,"y":2,"b":-1}"#, .unacceptable(.buttons)),
            (#"{"id":"u","x":1,"y":2,"b":65536}"#, .unacceptable(.buttons)),
            (#"{"id":"u","x":1,"y":2,"b":1e30}"#, .unacceptable(.buttons)),
            (#"{"id":"u","x":1,"y":2,"b":false}"#, .unacceptable(.buttons)),
            (#"{"id":"u","x":1,"y":2,"w":-1}"#, .unacceptable(.width)),
            (#"{"id":"u","x":1,"y":2,"w":1e999}"#, .unacceptable(.width)),
            (#"{"id":"u","x":1,"y":2,"h":-1e-300}"#, .unacceptable(.height)),
            (#"{"id":"u","x":1,"y":2,"h":[]}"#, .unacceptable(.height)),
            (#"{"id":"u","x":1,"y":2,"sy":1e999}"#, .unacceptable(.scrollY)),
            (#"{"id":"u","x":1,"y":2,"dw":-1}"#, .unacceptable(.documentWidth)),
            (#"{"id":"u","x":1,"y":2,"dh":-1e-300}"#, .unacceptable(.documentHeight)),
            (#"{"id":"u","x":1,"y":2,"pt":"Pen"}"#, .unacceptable(.pointerType)),
            (#"{"id":"u","x":1,"y":2,"pt":""}"#, .unacceptable(.pointerType)),
            (#"{"id":"u","x":1,"y":2,"n":""}"#, .unacceptable(.name)),
            (#"{"id":"u","x":1,"y":2,"n":"a\u0000"}"#, .unacceptable(.name)),
            ("{\"id\":\"u\",\"x\":1,\"y\":2,\"n\":\"\u{85}\"}", .unacceptable(.name)),
            (#"{"id":"u","x":1,"y":2,"el":"\t"}"#, .unacceptable(.element)),
            (#"{"id":"u","x":1,"y":2,"el":"\udc00"}"#, .unacceptable(.element)),
            (#"{"id":"u","x":1,"y":2,"p":7}"#, .unacceptable(.page)),
            (#"{"id":"u","x":1,"y":2,"p":"\ud800"}"#, .unacceptable(.page)),
        ] as [(String, SampleRefusal)])
    func refusesWhatIsNotAcceptable(message: String, refusal: SampleRefusal) {
        let decoded = Decoded(message)
        #expect(decoded.refusal == refusal)
        #expect(decoded.refusal?.closeCode == 1_008)
    }
}
