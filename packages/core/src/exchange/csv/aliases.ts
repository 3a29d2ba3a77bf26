/**
 * What the columns of common exports are called, in English, German, French and Spanish, as `words` makes them:
 * lower case, no accents, single blanks, "e-mail" written "email". `weak` ones count only where nothing better is there.
 */
export interface Aliases {
  strong: ReadonlySet<string>
  weak: ReadonlySet<string>
}

const list = (text: string) => new Set(text === '' ? [] : text.split(',').map((alias) => alias.trim()))
const of = (strong: string, weak = ''): Aliases => ({ strong: list(strong), weak: list(weak) })

/** Alias tables by concept. A field's concept is its name, or what `conceptOf` makes of it. */
export const ALIASES: Readonly<Record<string, Aliases>> = {
  firstName: of(
    'first name, firstname, given name, givenname, forename, first, vorname, rufname, prenom, nombre de pila, primer nombre',
    'nombre',
  ),
  lastName: of(
    'last name, lastname, family name, familyname, surname, last, nachname, familienname, zuname, nom de famille, apellido, apellidos, primer apellido',
    'name, nom',
  ),
  fullName: of(
    'name, full name, fullname, display name, person name, contact name, contact, lead name, customer name, person, kontakt, kontaktname, ansprechpartner, vollstandiger name, nom complet, nom et prenom, nombre completo, nombre y apellidos, contacto',
    'nom, nombre, kunde, client, cliente, customer',
  ),
  email: of(
    'email, emails, email address, email addresses, mail, mail address, emailaddress, email adresse, mailadresse, courriel, adresse email, adresse mail, adresse electronique, correo, correo electronico, direccion de correo electronico, direccion de correo',
  ),
  phone: of(
    'phone, phones, phone number, phone numbers, phonenumber, telephone, telephone number, tel, tel no, tel nr, contact number, contact phone, telefon, telefonnummer, rufnummer, festnetz, numero de telephone, telefono, numero de telefono, cellphone, mobile, mobile number, mobile phone, mobiltelefon, mobilnummer, mobil, handy, handynummer, telephone portable, movil, celular, whatsapp',
  ),
  company: of(
    'company, company name, companyname, associated company, primary company, organization, organisation, organization name, organisation name, organization 1 name, employer, business name, firma, firmenname, unternehmen, unternehmensname, organisationsname, societe, nom de la societe, entreprise, nom de l entreprise, raison sociale, empresa, nombre de la empresa, compania, razon social, organizacion',
    'account, account name, org, business, arbeitgeber, employeur, customer, kunde',
  ),
  jobTitle: of(
    'job title, jobtitle, position, job position, organization title, contact title, role title, berufsbezeichnung, stellenbezeichnung, jobtitel, funktion, poste, intitule du poste, fonction, puesto, cargo, puesto de trabajo',
    'title, titel, titre, role, rolle, occupation, job, beruf, profession',
  ),
  dealTitle: of(
    'title, deal, deal name, deal title, dealname, opportunity, opportunity name, deal titel, titel, geschaft, auftrag, vorgang, verkaufschance, bezeichnung, titre, affaire, nom de l affaire, opportunite, nom de l opportunite, titulo, negocio, nombre del negocio, oportunidad, nombre de la oportunidad',
    'name, subject, opportunity id',
  ),
  companyName: of(
    'name, company, company name, organization, organisation, organization name, organisation name, account, account name, business name, firma, firmenname, unternehmen, unternehmensname, societe, nom de la societe, entreprise, nom de l entreprise, raison sociale, empresa, nombre de la empresa, razon social, nom, nombre',
    'customer, client, kunde, org',
  ),
  productName: of(
    'name, product, product name, product title, produkt, produktname, artikel, produit, nom du produit, producto, nombre del producto',
    'title, item',
  ),
  domain: of(
    'domain, company domain, company domain name, website domain, email domain, domain name, domane, domaine, dominio',
    'website, web page, webpage, homepage, website url, url, web, webseite, internetseite, site web, sitio web, pagina web',
  ),
  website: of(
    'website, web site, web page, webpage, website url, company website, homepage, web, webseite, internetseite, internetadresse, site web, site internet, sitio web, pagina web',
    'url, link, domain',
  ),
  linkedin: of('linkedin, linkedin url, linkedin profile, profile url, person linkedin url'),
  source: of(
    'source, lead source, original source, leadsource, channel, acquisition channel, quelle, herkunft, lead quelle, leadquelle, origine, source du lead, origine du contact, origen, fuente, origen del lead',
    'referred by, origin',
  ),
  status: of(
    'status, lead status, leadstatus, contact status, statut, statut du lead, estado, estado del lead',
    'lifecycle stage, state, etat',
  ),
  score: of('score, lead score, rating, punktzahl, bewertung, puntuacion'),
  campaign: of('campaign, campaign name, utm campaign, kampagne, campagne, campana'),
  medium: of('medium, utm medium'),
  tags: of(
    'tags, tag, labels, label, categories, category, group membership, groups, keywords, schlagworter, schlagworte, kategorien, kategorie, gruppen, etiquettes, mots cles, categories, etiquetas, categorias, palabras clave',
  ),
  owner: of(
    'owner, owner name, owner email, contact owner, lead owner, deal owner, account owner, company owner, record owner, opportunity owner, assigned to, assignee, sales rep, salesperson, sales agent, account manager, sales, besitzer, eigentumer, inhaber, zustandig, zustandiger, verantwortlich, verantwortlicher, bearbeiter, betreuer, vertriebsmitarbeiter, proprietaire, responsable, commercial, propietario, asignado a, vendedor, comercial',
    'agent, rep',
  ),
  team: of('team, sales team, office, regional office, region'),
  amount: of(
    'amount, deal amount, value, deal value, close value, opportunity amount, total, price, betrag, wert, auftragswert, summe, volumen, umsatz, montant, valeur, prix, importe, monto, valor, cantidad, precio',
    'revenue, expected revenue, sum',
  ),
  revenue: of(
    'revenue, annual revenue, yearly revenue, turnover, umsatz, jahresumsatz, chiffre d affaires, ca, ingresos, facturacion, ingresos anuales',
  ),
  currency: of(
    'currency, currency code, deal currency, currency iso code, wahrung, waehrung, devise, monnaie, moneda, divisa',
  ),
  pipeline: of('pipeline, deal pipeline, sales pipeline, vertriebspipeline, embudo'),
  stage: of(
    'stage, deal stage, pipeline stage, sales stage, opportunity stage, phase, stufe, verkaufsphase, deal phase, vertriebsphase, etape, phase de vente, etape de vente, etapa, fase, etapa del negocio',
    'status, step',
  ),
  probability: of(
    'probability, deal probability, win probability, probability %, wahrscheinlichkeit, probabilite, probabilidad',
  ),
  expectedCloseDate: of(
    'expected close date, expected close, close date, closing date, closedate, due date, abschlussdatum, voraussichtlicher abschluss, erwartetes abschlussdatum, geplanter abschluss, date de cloture, date de cloture prevue, date de fermeture, fecha de cierre, fecha prevista de cierre, fecha de cierre prevista',
  ),
  closeDate: of(
    'close date, closing date, closedate, close, expected close date, abschlussdatum, abschluss, date de cloture, date de fermeture, fecha de cierre',
  ),
  closedAt: of(
    'closed at, closed date, closed on, date closed, won date, actual close date, geschlossen am, abgeschlossen am, cloture le, cerrado el',
    'close date, closing date, abschlussdatum, date de cloture, fecha de cierre',
  ),
  lostReason: of(
    'lost reason, loss reason, closed lost reason, reason lost, verlustgrund, ablehnungsgrund, raison de perte, motif de perte, motivo de perdida',
  ),
  product: of('product, product name, produkt, produit, producto'),
  sku: of('sku, product code, item number, article number, artikelnummer, reference, referencia, codigo'),
  createdAt: of(
    'created at, created, created on, created date, create date, creation date, date created, added on, date added, first seen, erstellt, erstellt am, erstelldatum, angelegt am, anlagedatum, cree le, date de creation, date d ajout, creado, creado el, fecha de creacion, fecha de alta',
    'engage date',
  ),
  updatedAt: of(
    'updated at, updated, updated on, last modified, last modified date, modified, geandert am, aktualisiert am, modifie le, date de modification, modificado el, fecha de modificacion',
  ),
  birthday: of(
    'birthday, birth date, birthdate, date of birth, geburtstag, geburtsdatum, anniversaire, date de naissance, cumpleanos, fecha de nacimiento',
  ),
  industry: of(
    'industry, sector, branch, branche, wirtschaftszweig, industrie, secteur, secteur d activite, sector de actividad, industria',
    'vertical, business type',
  ),
  size: of(
    'size, company size, employees, number of employees, employee count, no of employees, headcount, mitarbeiter, mitarbeiterzahl, anzahl mitarbeiter, anzahl der mitarbeiter, unternehmensgrosse, grosse, effectif, effectifs, nombre d employes, taille, numero de empleados, empleados, tamano',
  ),
  parent: of(
    'parent, parent company, parent account, subsidiary of, muttergesellschaft, konzern, societe mere, maison mere, empresa matriz',
  ),
  notes: of(
    'notes, note, background, background info, remarks, comments, comment, bemerkung, bemerkungen, notiz, notizen, kommentar, kommentare, anmerkungen, remarque, remarques, commentaire, commentaires, notas, nota, comentarios, observaciones',
    'description, memo, background',
  ),
  description: of('description, beschreibung, descripcion, about', 'notes, background'),
  street: of(
    'street, street address, address street, address line 1, address 1, mailing street, strasse, strasse und hausnummer, rue, calle, direccion',
    'address, adresse, anschrift, address formatted',
  ),
  city: of(
    'city, town, address city, mailing city, locality, ort, stadt, wohnort, ville, commune, localite, ciudad, poblacion, localidad',
  ),
  region: of(
    'region, state, province, state region, state province, address region, mailing state province, county, bundesland, kanton, departement, etat, provincia, comunidad autonoma',
    'estado',
  ),
  postalCode: of(
    'postal code, zip, zip code, zip postal code, postcode, address postal code, plz, postleitzahl, code postal, cp, codigo postal',
  ),
  country: of('country, country region, country code, address country, nation, land, staat, pays, pais'),
  address: of(
    'address, full address, address formatted, adresse, anschrift, adresse complete, direccion, direccion completa',
  ),
}

/** Field names that mean the same as a concept. */
const SYNONYMS: Readonly<Record<string, string>> = {
  emails: 'email',
  phones: 'phone',
  mobile: 'phone',
  companyId: 'company',
  ownerId: 'owner',
  fullName: 'fullName',
  url: 'website',
  state: 'region',
  zip: 'postalCode',
  employees: 'size',
  value: 'amount',
  price: 'amount',
  note: 'notes',
}

/** What a field means, given the fields around it: a deal's `title` is not a person's, nor a company's `name`. */
export function conceptOf(name: string, fields: ReadonlySet<string>): string {
  const last = name.slice(name.lastIndexOf('.') + 1)
  if (last === 'title') return isDeal(fields) ? 'dealTitle' : 'jobTitle'
  if (last === 'name')
    return isPerson(fields) ? 'fullName' : fields.has('sku') || fields.has('unitPrice') ? 'productName' : 'companyName'
  return SYNONYMS[last] ?? last
}

const isDeal = (fields: ReadonlySet<string>) => fields.has('stage') || fields.has('amount')

const isPerson = (fields: ReadonlySet<string>) =>
  ['firstName', 'lastName', 'company', 'emails'].some((name) => fields.has(name))

/** Words that exports put in front of each column of one kind of record: `Person - Email`, `Contact phone`. */
export function recordWords(fields: ReadonlySet<string>): readonly string[] {
  if (isDeal(fields)) return ['deal', 'opportunity']
  return isPerson(fields)
    ? ['person', 'contact', 'lead', 'kontakt']
    : ['company', 'account', 'organization', 'organisation']
}
