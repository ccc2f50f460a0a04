/** Colours for code in the languages that are met most. Loaded only when a message has code. */
import highlighter from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import cpp from 'highlight.js/lib/languages/cpp'
import css from 'highlight.js/lib/languages/css'
import diff from 'highlight.js/lib/languages/diff'
import go from 'highlight.js/lib/languages/go'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'

const languages = { bash, cpp, css, diff, go, java, javascript, json, python, rust, sql, typescript, xml, yaml }
for (const [name, language] of Object.entries(languages)) highlighter.registerLanguage(name, language)

/** Beyond this many characters the colours would cost more than they give. */
const LONGEST = 50_000

/** Colours the code inside an element; leaves a language it does not know, and very long code, as it is. */
export function highlightCode(code: HTMLElement): void {
  const language = /language-(\S+)/.exec(code.className)?.[1]
  const text = code.textContent ?? ''
  if (language === undefined || text.length > LONGEST || highlighter.getLanguage(language) === undefined) return
  code.innerHTML = highlighter.highlight(text, { language, ignoreIllegals: true }).value
}
