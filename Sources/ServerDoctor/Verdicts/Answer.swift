/// An answer that came, as far as it is looked at.
struct Answer: Equatable {
    var status: Int
    /// Field lines in their order; names in lower case.
    var fields: [Field] = []
    /// The beginning of the body.
    var body: [UInt8] = []

    struct Field: Equatable {
        let name: String
        let value: String
    }

    /// The value of the first field called `name`, which is in lower case.
    func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Whether the list in the field holds a word, compared without case; parameters aside.
    func has(_ word: String, in name: String) -> Bool {
        fields.filter { $0.name == name }.contains { field in
            field.value.split(separator: ",").contains { element in
                let text = element.prefix { $0 != ";" && $0 != "=" }
                return text.split(separator: " ").first.map { $0.lowercased() == word } == true
            }
        }
    }

    /// Whether it is a page: that of the dashboard, or the one to sign in on that stands in its place.
    var isPage: Bool { (status == 200 || status == 401) && has("text/html", in: "content-type") }

    /// The first line of the body for a person: what servers of ours say why.
    var firstLine: String {
        let line = body.prefix(160).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let isText = line.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && line.first != UInt8(ascii: "<")
        return isText ? String(decoding: line, as: UTF8.self) : ""
    }
}

/// What came of asking.
enum Reply: Equatable {
    case answered(Answer)
    /// There was no answer; why, in words behind "it".
    case failed(String)

    var answer: Answer? {
        if case .answered(let answer) = self { return answer }
        return nil
    }

    /// `answers 502` or why there is no answer; with the reason where the body has one.
    var words: String {
        switch self {
        case .failed(let why): return why
        case .answered(let answer):
            let line = answer.firstLine
            return "answers \(answer.status)" + (line.isEmpty ? "" : " (\(line))")
        }
    }
}

extension [UInt8] {
    /// Whether the bytes of `word` stand somewhere among these.
    func holds(_ word: String) -> Bool {
        let word = Array(word.utf8)
        return indices.contains { self[$0] == word[0] && self[$0...].starts(with: word) }
    }
}
