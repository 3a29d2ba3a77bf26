import { isFreeMailDomain } from '../kernel/email'
import type { Normaliser } from '../records/codec'

/** Where many companies have a page, so that the address says nothing about whose it is. */
const PLATFORMS = new Set(
  (
    'linkedin.com facebook.com instagram.com twitter.com x.com youtube.com tiktok.com xing.com github.com gitlab.com ' +
    'medium.com wordpress.com blogspot.com tumblr.com wixsite.com weebly.com squarespace.com myshopify.com etsy.com ' +
    'amazon.com ebay.com google.com sites.google.com notion.site linktr.ee yelp.com crunchbase.com wikipedia.org'
  ).split(' '),
)

/** The company's own domain from its website; null where the site belongs to a platform or a mail provider. */
export function domainOfWebsite(website: string, normalise: Normaliser): string | null {
  const domain = normalise('domain', website)
  if (domain === null || isFreeMailDomain(domain)) return null
  const isPlatform = PLATFORMS.has(domain) || PLATFORMS.has(domain.split('.').slice(-2).join('.'))
  return isPlatform ? null : domain
}

/** The domain of an email address where it names a company: null for a free-mail one. */
export function companyDomainOf(email: string | null, normalise: Normaliser): string | null {
  const normal = email === null ? null : normalise('email', email)
  const domain = normal?.slice(normal.lastIndexOf('@') + 1)
  return domain && !isFreeMailDomain(domain) ? domain : null
}
