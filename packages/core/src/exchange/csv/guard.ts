export { guard, unguard } from '../../kernel/csv-guard'
