/** What kind of machine announces itself in a user agent. */
export type MachineKind = 'image-proxy' | 'privacy-proxy' | 'scanner' | 'bot'

/** Servers of mail services that fetch the pictures of a mail in place of who reads it. */
const IMAGE_PROXY = /ggpht\.com|mail\.ukr\.net|(?:mail|image) ?proxy/i

/**
 * Apple Mail names no browser. Since iOS 15, and macOS 11, which calls itself 10_15_7, its privacy protection is on as a
 * rule and fetches every picture in advance. Gmail prefetches with an old Edge that ends in a second `Mozilla/5.0`.
 */
const PRIVACY_PROXY =
  /^Mozilla\/5\.0(?: \((?:Macintosh; Intel Mac OS X 10_15_7|(?:iPhone|iPad); CPU (?:iPhone )?OS (?:1[5-9]|[2-9]\d)_[^)]{0,40})\) AppleWebKit\/[\d.]{1,20} \(KHTML, like Gecko\)(?: Mobile\/\w{1,12})?)?$|Edge\/12\.246 Mozilla\/5\.0$/

/** Programs that look for danger in mails and the pages behind their links. */
const SCANNER =
  /barracuda|proofpoint|mimecast|messagelabs|symantec|trend ?micro|fireeye|trellix|ironport|sophos|forti(?:net|mail|guard)|zscaler|palo ?alto|check ?point|avanan|cloudmark|vade ?secure|hornetsecurity|bitdefender|kaspersky|safe ?links|urldefense|url defense|virustotal|clamav|urlscan|phish|acunetix|arachni|nuclei|sqlmap|burpcollaborator|fuzz faster|nmap|nessus|qualys|netlyzer|tlsprobe|l9tcpid|xtate|jorgee|email ?wolf|securityheaders|perimeterx|foregenix/i

/** Words that a program uses of itself and a browser does not, and the libraries by which programs fetch. */
const WORDS =
  /(?<!cu)bots?(?![a-z])|crawl|spider|slurp|(?<!cam)scan|(?<!mozac)fetch|preview|\bproxy|monitor|check(?!out)|validat|archiv|\bindex|feed|scrap[ei]|headless|synthetic|lighthouse|page ?speed|favicon|analy[sz]er|inspection|verification|subscriber|search console|aggregator|webhook|webcollage|screenshot|browsershots|transcoder|downloader|site ?sucker|(?<!store)auditor|classifier|advisor|lookup|callback|leadgen|getter|downcast|firephp|cdn\/|daemon|\bcron\b|\bprobe|-probe|health|recon\b|\brss|rss\b|rss\/|librss|reader\b|reeder|newsblur|readkit|newspaper|harvest|extractor|exractor|\bdcv\b|hostname|link ?expander|external(?:hit|agent)|mediapartners|adwords|weblight|devtools|observatory|selenium|playwright|puppeteer|phantom(?:js|as)|cypress|webdriver|integration services|\bagent\/|agent \d|-agent\b|outbrain|intelligence|knowledge ai|(?:chatgpt|perplexity|claude|manus|gemini|mistralai)-user|claude-code|openai|\bcursor\/|\bdevin\/|\bhydra\b/i
const LIBRARIES =
  /\bcurl|wget|python|okhttp|axios|guzzle|libwww-perl|\blwp\b|go-http|^go \d|^java\/|\(java\)|http-?client|httpurlconnection|http client|node-fetch|undici|postman|restsharp|rest-client|request-promise|\bruby\b|^php\/|grpc-|winhttp|winhttprequest|aiohttp|urllib|scalaj|jersey|http-kit|resty|cryptoapi|apachebench|nutch|requests\/|kube-|prometheus|collectd|munin|\bmonit\/|xymon|hobbit|datadog|pingdom|statuscake|site24x7|catchpoint|gomezagent|rigor|ptst\/|dareboost|dejaclick|dmbrowser|uptime|newrelic|speedcurve|taginspector|datanyze|wappalyzer|onetrust|scope3|marketgoo|collapsify|splash version|sparkler|mixnode|morningscore|pageburst|azure-logic|ifttt|zendesk|zapier|steam http|discourse|embedly|iframely|whatsapp|telegram|facebook(?:catalog|platform)|google-?(?:other|cloud|association|site|read)|googlemessages|duplexweb|swcd|apple-pubsub|^ddg_android|^duckduckgo\/|braze sender/i

/** A program that tells where it can be read about, or to whom one can complain. */
const CONTACT =
  /https?:\/\/|\bwww\.|\S@[\w-]{1,60}\.[a-z]{2,}|\(at\)|\b[a-z][\w-]{1,40}\.(?:com|net|org|io|ai|gy|ly|eu|fm|ch|app)\b(?![.\d]|\/\d+\.)/i
/** A remark within the engine's own words: `(KHTML, like Gecko; …)`. */
const IN_ENGINE = /like gecko(?:[;,] ?(?!safari|compatible)| (?=[a-z]+ ?agent))[a-z]/i
/** `(compatible; …)` of one who is not compatible with anything. */
const COMPATIBLE =
  /\(compatible;? ?(?!\s*(?:msie|konqueror|abrowse|amiga|netpositive|ms-office|u;|\w{1,12}; |netfront|omniweb|icab|ibrowse|opera|avant|maxthon|gecko))[a-z]|\(compatible; msie or/i
/** The browser of somebody else, passed on: `Proxy/1.0, Mozilla/5.0 …`. */
const PASSED_ON = /^[^()]{1,40}[,|] ?mozilla\//i
/** A name and a version, or a name alone: browsers and mail programs say on what they run. */
const NAME_ALONE = /^(?!mozilla)[\w .:'’+|-]{1,80}(?:\/v?[\w.+-]{0,40})?(?: \([\w /.-]{1,40}\))?$|^[\w+/=]{60,}$/i

/** Programs with such a short name in which people read mail, and parts of systems that fetch for them. */
const PEOPLE =
  /amiga|mozac|pinterest|googleapp|outlook|microsoft office|thunderbird|emclient|em client|mailspring|airmail|spark|superhuman|newton|postbox|evolution|kmail|claws|the bat|lotus|notes\/|lynx|links \(|elinks|w3m|roku|dalvik|nokia|samsung|sonyericsson|blackberry|motorola|^mot-/i

/** What a user agent says of a machine, if it does. */
export function machineOf(userAgent: string): MachineKind | undefined {
  const agent = userAgent.slice(0, 1_000)
  if (IMAGE_PROXY.test(agent)) return 'image-proxy'
  if (PRIVACY_PROXY.test(agent)) return 'privacy-proxy'
  if (SCANNER.test(agent)) return 'scanner'
  if (WORDS.test(agent) || LIBRARIES.test(agent) || CONTACT.test(agent)) return 'bot'
  if (IN_ENGINE.test(agent) || COMPATIBLE.test(agent) || PASSED_ON.test(agent)) return 'bot'
  return NAME_ALONE.test(agent) && !PEOPLE.test(agent) ? 'bot' : undefined
}
