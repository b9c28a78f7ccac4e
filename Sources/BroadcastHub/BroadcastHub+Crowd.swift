/// What was there when somebody last looked whether a crowd has gone.
struct CrowdLook {
    var present = 0
    /// Pages, names and elements.
    var pages = 0
    /// Bytes of those that were left when they were last thinned out, or the least since: those who are here
    /// may name as much, and until there is twice that, thinning out would take the ring and give nothing.
    var settledPageBytes = 0
    /// Times that a channel's number was given to another text since texts were last swept: so many may be
    /// named by nothing any more.
    var renamed = 0
}

/// Memory after a crowd.
extension BroadcastHub {
    /// Gives back what visitors and pages took that are gone; true where something was, so that what the heap
    /// keeps of it can be returned as well. To be called about once a second.
    ///
    /// Who is gone stands in the ring for as long as it reaches back, which without traffic is for ever. So
    /// the ring forgets the most of them; whoever resumes from before is caught up as from off the ring.
    public func releaseAfterCrowd() -> Bool {
        let hasReleased = releaseOwn()
        return scopes.reduce(hasReleased) { $1.hub.releaseAfterCrowd() || $0 }
    }

    private func releaseOwn() -> Bool {
        // While they are still going, or coming, there is more to come.
        let isStill = visitors.presentCount >= crowdLook.present && texts.count <= crowdLook.pages
        crowdLook.present = visitors.presentCount
        crowdLook.pages = texts.count
        let hasThinned =
            visitors.mostCount >= limits.crowd && visitors.presentCount * 2 <= visitors.mostCount
        let before = texts.bytes
        if isStill, crowdLook.renamed >= max(limits.renamedTexts, texts.count / 4) { dropUnnamedTexts() }
        let hasDropped = before - texts.bytes >= limits.keptPageBytes / 4
        crowdLook.settledPageBytes = min(crowdLook.settledPageBytes, texts.bytes)
        let hasManyPages = texts.bytes > max(limits.keptPageBytes, crowdLook.settledPageBytes * 2)
        guard isStill, hasThinned || hasManyPages else { return hasDropped }
        release()
        return true
    }

    /// Gives back what texts took that no channel says any more and that stand in nothing else.
    private func dropUnnamedTexts() {
        sweepTexts()
        texts.trim()
        crowdLook.pages = texts.count
        crowdLook.renamed = 0
    }

    /// Does that now, whoever is here.
    func release() {
        while visitors.count - visitors.presentCount > limits.keptGone, forgetOldest() {}
        sweepTexts()
        // Each time half of what names them: a few looks through the ring at most.
        for _ in 0..<4 where texts.bytes > limits.keptPageBytes {
            var left = ring.segments.count / 2
            while left > 0, forgetOldest() { left -= 1 }
            sweepTexts()
        }
        texts.trim()
        claims.trim()
        crowdLook.pages = texts.count
        crowdLook.renamed = 0
        crowdLook.settledPageBytes = texts.bytes
        visitors.renew(firstN: ring.firstN, isFaulty: isFaulty(.crowdTakesSurroundings))
    }

    /// Has the ring forget its oldest segment; false where only its head is left.
    private func forgetOldest() -> Bool {
        guard let segment = ring.takeOldest(always: true) else { return false }
        retire(segment)
        return true
    }
}
