extension LiveModel {
    /// Whether the visitor in `slot` meets `filter`; whoever is not there meets none.
    public func matches(_ slot: Int, _ filter: VisitorFilter) -> Bool {
        guard visitors.isInUse(slot) else { return false }
        return filter.holds { holds($0, for: slot) }
    }

    private func holds(_ test: FilterTerm.Test, for slot: Int) -> Bool {
        switch test {
        case .anywhere(let word):
            unsafe word.occurs(in: visitors.id(of: slot)) || word.occurs(in: visitors.name(of: slot))
                || pages.contains(word, number: visitors[slot].page)
        case .id(let word): unsafe word.occurs(in: visitors.id(of: slot))
        case .page(let word): pages.contains(word, number: visitors[slot].page)
        case .wholePage(let text): isPage(visitors[slot].page, text)
        case .worker(let pid): visitors[slot].worker == pid
        case .rateAbove(let least): rate(of: slot) > least
        case .rateBelow(let most): rate(of: slot) < most
        case .kind(let kind): visitors[slot].hasPosition && visitors[slot].kind == kind
        }
    }

    /// Whether a page meets a filter of pages.
    func matches(_ page: PageActivity, _ filter: VisitorFilter) -> Bool {
        filter.holds { test in
            switch test {
            case .anywhere(let word): pageText(page.index).utf8Holds(word)
            case .page(let word): pages.contains(word, number: page.index)
            case .wholePage(let text): isPage(page.index, text)
            case .rateAbove(let least): page.rate > least
            case .rateBelow(let most): page.rate < most
            case .id, .worker, .kind: false
            }
        }
    }

    /// Whether page `number` is spelled `text`, of which nothing stands for no page.
    private func isPage(_ number: Int32, _ text: [UInt8]) -> Bool {
        unsafe text.isEmpty ? number < 0 : text.withUnsafeBytes { unsafe pages.isPage(number, $0) }
    }
}

extension WorkerStatus {
    /// Whether the worker meets a filter of workers.
    public func matches(_ filter: VisitorFilter) -> Bool {
        filter.holds { test in
            switch test {
            case .anywhere(let word): state.utf8Holds(word) || String(pid).utf8Holds(word)
            case .worker(let wanted): pid == wanted
            case .rateAbove(let least): rate > least
            case .rateBelow(let most): rate < most
            case .id, .page, .wholePage, .kind: false
            }
        }
    }
}

extension String {
    /// Whether `word` occurs in the text.
    fileprivate func utf8Holds(_ word: FoldedWord) -> Bool {
        var text = self
        return text.withUTF8 { unsafe word.occurs(in: UnsafeRawBufferPointer($0)) }
    }
}
