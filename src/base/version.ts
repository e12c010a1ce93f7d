// The version of this program, as package.json states it; baked in when the bundle is built.
import pkg from '../../package.json' with { type: 'json' };

export const VERSION: string = pkg.version;
