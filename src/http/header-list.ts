/** The members of a comma-separated header (RFC 9110, section 5.6.1), in lower case. */
export function headerMembers(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}
