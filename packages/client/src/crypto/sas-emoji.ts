/**
 * The emoji of a verification, by number (client-server API, "SAS method: emoji", and its table `sas-emoji.json`). A screen
 * gets numbers and names them in its own language.
 */
const names: readonly string[] = (
  'Dog,Cat,Lion,Horse,Unicorn,Pig,Elephant,Rabbit,Panda,Rooster,Penguin,Turtle,Fish,Octopus,Butterfly,Flower,' +
  'Tree,Cactus,Mushroom,Globe,Moon,Cloud,Fire,Banana,Apple,Strawberry,Corn,Pizza,Cake,Heart,Smiley,Robot,' +
  'Hat,Glasses,Spanner,Santa,Thumbs Up,Umbrella,Hourglass,Clock,Gift,Light Bulb,Book,Pencil,Paperclip,Scissors,Lock,Key,' +
  'Hammer,Telephone,Flag,Train,Bicycle,Aeroplane,Rocket,Trophy,Ball,Guitar,Trumpet,Bell,Anchor,Headphones,Folder,Pin'
).split(',');

/** Numbers 0–63 for English names of the table; undefined when one isn't in it. Pure. */
export function emojiNumbers(english: readonly string[]): readonly number[] | undefined {
  const numbers = english.map((name) => names.indexOf(name));
  return numbers.length === 7 && !numbers.includes(-1) ? numbers : undefined;
}
