import ByteCore
import PointerEvents
import Testing

struct SampleDecodingTests {
    /// Each message with the samples that viewers get.
    @Test(
        arguments: [
            (#"{"id":"user123","x":812,"y":433}"#, [#"{"id":"user123","x":812,"y":433}"#]),
            // The order of keys and whitespace say nothing.
            (" {\t\"y\" : 433 ,\r\n\"x\":812, \"id\":\"user123\" } ", [#"{"id":"user123","x":812,"y":433}"#]),
            // An array is as many samples, which may be none.
            ("[]", []), (" [ ] ", []),
            (
                #"[{"id":"a","x":1,"y":2},{"id":"b","x":3,"y":4}]"#,
                [
                    #"{"id":"a","x":1,"y":2}"#, #"{"id":"b","x":3,"y":4}"#,
                ]
            ),
            // Keys and values are compared once their escapes are resolved.
            (
                #"{"\u0069\u0064":"\u0075","\u0078":1,"\u0079":2,"\u006b":"\u0063lick"}"#,
                [
                    #"{"id":"u","x":1,"y":2,"k":"click"}"#
                ]
            ),
            (#"{"id":"\uD83D\uDDB1\u00e9é\"\\\/","x":0,"y":0}"#, [#"{"id":"🖱éé\"\\/","x":0,"y":0}"#]),
            // All that can be sent.
            (
                #"{"id":"u","x":1,"y":2,"t":1732109508.5,"k":"scroll","b":3,"w":1920,"h":0,"p":"/a?b#c"}"#,
                [
                    #"{"id":"u","x":1,"y":2,"t":1732109508.5,"k":"scroll","b":3,"w":1920,"h":0,"p":"/a?b#c"}"#
                ]
            ),
            (
                #"{"el":"a#b.c","n":"Ann","pt":"pen","dh":0,"dw":12.5,"sy":-3,"sx":1e3,"id":"u","x":1,"y":2}"#,
                [
                    #"{"id":"u","x":1,"y":2,"sx":1000,"sy":-3,"dw":12.5,"dh":0,"pt":"pen","n":"Ann","el":"a#b.c"}"#
                ]
            ),
            (
                #"[{"id":"u","x":1,"y":2,"k":"cancel","pt":"mouse"},{"id":"u","x":3,"y":4},"#
                    + #"{"id":"v","x":5,"y":6,"\u0065l":"","\u006e":"\u00e9","p\u0074":"\u0074ouch"}]"#,
                [
                    #"{"id":"u","x":1,"y":2,"k":"cancel","pt":"mouse"}"#, #"{"id":"u","x":3,"y":4}"#,
                    #"{"id":"v","x":5,"y":6,"pt":"touch","n":"é","el":""}"#,
                ]
            ),
            // Keys that came later are none of ours where their values are of another type.
            (
                #"{"n":[1,{"id":"bob"}],"sx":"1","dh":null,"id":"u","x":1,"y":2,"pt":1,"el":{"n":1},"sy":true}"#,
                [#"{"id":"u","x":1,"y":2}"#]
            ),
            // The default kind is passed on only where it was sent.
            (#"{"id":"u","x":1,"y":2,"k":"move"}"#, [#"{"id":"u","x":1,"y":2,"k":"move"}"#]),
            // Numbers in any notation, equal on the way out.
            (
                #"{"id":"u","x":-0.0,"y":1e3,"b":1.0,"t":-5e-324,"w":2.50,"h":12e-1}"#,
                [
                    #"{"id":"u","x":0,"y":1000,"t":-5e-324,"b":1,"w":2.5,"h":1.2}"#
                ]
            ),
            (
                #"{"id":"u","x":1e-999,"y":0.1000000000000000055511151231257827}"#,
                [#"{"id":"u","x":0,"y":0.1}"#]
            ),
            (
                #"{"id":"u","x":1.7976931348623157e308,"y":-1e22,"b":65535}"#,
                [
                    #"{"id":"u","x":1.7976931348623157e+308,"y":-1e+22,"b":65535}"#
                ]
            ),
            // Unknown keys are ignored, whatever they hold and however often they come.
            (
                #"{"a":[{"id":1}],"id":"u","a":null,"x":1,"":"\ud800","xx":1e999,"y":2,"__proto__":{"x":3}}"#,
                [
                    #"{"id":"u","x":1,"y":2}"#
                ]
            ),
            (#"{"id":"u","x":1,"y":2,"\ud800":1,"i":1,"\u0069d2":1}"#, [#"{"id":"u","x":1,"y":2}"#]),
            // A path may be empty or hold what an id may not.
            (#"{"id":"u","x":1,"y":2,"p":""}"#, [#"{"id":"u","x":1,"y":2,"p":""}"#]),
            (
                #"{"id":"u","x":1,"y":2,"p":"\n\u0000\u007f"}"#,
                [#"{"id":"u","x":1,"y":2,"p":"\n\u0000\u007f"}"#]
            ),
            // U+00A0 is the first behind the control characters.
            ("{\"id\":\"\u{A0}\",\"x\":1,\"y\":2}", ["{\"id\":\"\u{A0}\",\"x\":1,\"y\":2}"]),
        ] as [(String, [String])])
    func accepts(message: String, samples: [String]) {
        let decoded = Decoded(message)
        #expect(decoded.outcome == .accepted(count: samples.count))
        #expect(decoded.encoded == samples)
    }

    @Test func takesLimitsWhole() {
        let id = String(repeating: "i", count: Limits.idBytes)
        let page = String(repeating: "p", count: Limits.pageBytes)
        let escapedID = String(repeating: #"\u0069"#, count: Limits.idBytes)
        let text = #"{"id":"\#(id)","x":1,"y":2,"p":"\#(page)"}"#
        #expect(Decoded(text).encoded == [text])
        #expect(Decoded(text.replacing(id, with: escapedID)).encoded == [text])
        let name = String(repeating: "n", count: Limits.nameBytes)
        let named = #"{"id":"u","x":1,"y":2,"n":"\#(name)","el":"\#(name)"}"#
        #expect(Decoded(named).encoded == [named])
        let deep = String(repeating: "[", count: 14) + String(repeating: "]", count: 14)
        #expect(Decoded(#"[{"id":"u","x":1,"y":2,"z":\#(deep)}]"#).outcome == .accepted(count: 1))
        let padding = String(repeating: " ", count: Limits.messageBytes - 22)
        #expect(Decoded(#"{"id":"u","x":1,"y":2}"# + padding).outcome == .accepted(count: 1))
    }

    /// As many samples as fit, with and without escapes, from one decoder that is used again.
    @Test func takesAFullMessage() {
        var decoder = JSONPointerDecoder()
        for id in ["u", #"\u0075"#, #"\uD83D\uDDB1"#] {
            let element = #"{"id":"\#(id)","x":0,"y":1}"#
            let count = (Limits.messageBytes - 1) / (element.utf8.count + 1)
            let message = "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
            let decoded = Decoded(message.utf8, with: &decoder)
            #expect(decoded.outcome == .accepted(count: count))
            #expect(Set(decoded.encoded).count == 1)
        }
        let last = Decoded(#"{"id":"v","x":2,"y":3}"#.utf8, with: &decoder)
        #expect(last.encoded == [#"{"id":"v","x":2,"y":3}"#])
    }

    /// As many tails as fit, from one decoder that is used again, and given back.
    @Test func takesAMessageFullOfTails() {
        var decoder = JSONPointerDecoder()
        let empty = decoder.byteCount
        let elements = (0..<1_800).map { #"{"id":"u","x":0,"y":1,"sy":\#($0)}"# }
        for _ in 0..<2 {
            let decoded = Decoded(("[" + elements.joined(separator: ",") + "]").utf8, with: &decoder)
            #expect(decoded.encoded == elements)
        }
        #expect(decoder.byteCount > empty)
        decoder.releaseFree()
        #expect(decoder.byteCount == empty)
        #expect(Decoded(elements[7].utf8, with: &decoder).encoded == [elements[7]])
    }

    @Test func holdsNothingAfterARefusal() {
        var decoder = JSONPointerDecoder()
        let good = #"{"id":"u","x":1,"y":2}"#
        for bad in ["[\(good),\(good)", "[\(good),1]", "\(good)x", "[\(good),{}]"] {
            let decoded = Decoded(bad.utf8, with: &decoder)
            #expect(decoded.refusal != nil)
            #expect(decoded.encoded.isEmpty)
        }
    }

    @Test func takesMemoryWithoutAnAddress() {
        var decoder = JSONPointerDecoder()
        let outcome = decoder.decode(UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(outcome == .refused(.notJSON(.unexpectedEnd)))
    }

    /// A message cut anywhere is no JSON any more, and nothing behind the cut is read.
    @Test func refusesEveryBeginningOfAMessage() {
        let message = #"[{"id":"\u00e9é","x":-1.5e+3,"y":0,"k":"up","z":{"a":[true,false,null]},"p":"/"}]"#
        let bytes = Array(message.utf8)
        #expect(Decoded(bytes).outcome == .accepted(count: 1))
        for count in 0..<bytes.count {
            #expect(Decoded(bytes[..<count]).refusal?.closeCode == 1_007)
        }
    }
}
