// The colours of Streamlit's theme, for what is painted rather than styled.

/**
 * @param {Element} element inside a component
 * @returns {Record<string, string>}
 */
export function themeColours(element) {
  const style = getComputedStyle(element), value = (name) => style.getPropertyValue(name).trim();
  return {
    ink: value("--st-text-color"),
    ground: value("--st-background-color"),
    accent: value("--st-primary-color"),
    line: value("--st-border-color-light") || value("--st-border-color"),
    faint: value("--live-faint") || value("--st-text-color"),
    font: value("--st-font"),
  };
}
