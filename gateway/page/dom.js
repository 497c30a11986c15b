// What every part of the page uses.

export const element = (id) => document.getElementById(id);
export const number = new Intl.NumberFormat("en");
