extension Glyphs {
    /// A text from strangers as it may stand in a line of text that goes to a terminal or a pipe: no control
    /// character, nothing that steers or hides its neighbours, and cut behind `columns` columns.
    public func safe(_ text: String, columns limit: Int) -> String {
        var signs = SafeText(text, glyphs: self)
        var result = String.UnicodeScalarView()
        var columns = 0
        let isCut = SafeText.width(of: text, glyphs: self, upTo: limit) > limit
        let room = isCut ? limit - 1 : limit
        while let sign = signs.next(), columns + sign.width <= room {
            columns += sign.width
            for value in [sign.scalar, sign.firstMark, sign.secondMark] where value != 0 {
                if let scalar = Unicode.Scalar(value) { result.append(scalar) }
            }
        }
        if isCut, let scalar = Unicode.Scalar(ellipsis) { result.append(scalar) }
        return String(result)
    }
}
