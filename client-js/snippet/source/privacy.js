/** What is not looked at, not asked for and not sent. */

/** Whether the visitor asks not to be watched: Global Privacy Control, or Do Not Track in any spelling. */
export const isPrivate =
  [self.doNotTrack, navigator.doNotTrack, navigator.globalPrivacyControl].some(
    (wish) => wish == 1 || wish == 'yes');

/**
 * Puts a star in the place of what looks like a secret: 20 and more characters of hex, base64 or digits.
 * With hyphens or underscores in it, which words in addresses have as well, a letter beside a digit tells.
 */
export const hide = (text) =>
  text.replace(/(?=[^/]*(\d[a-z]|[a-z]\d))[\w+=-]{20,}|[a-z\d+=]{20,}/gi, '*');
