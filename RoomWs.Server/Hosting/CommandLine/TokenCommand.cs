using System.Collections;
using System.CommandLine;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting.Settings;
using RoomWs.Server.Identity;

namespace RoomWs.Server.Hosting.CommandLine;

/// <summary><c>token</c>: signs a token for a user with JwtSecret, and prints only the token.</summary>
internal sealed class TokenCommand
{
    private readonly Option<string> _user = new("--user") { Required = true, HelpName = "id", Description = "The user's id: the token's sub." };

    private readonly Option<string> _name = new("--name") { HelpName = "text", Description = "The name that others see. [default: the id]" };

    private readonly Option<string> _picture = new("--picture") { HelpName = "url", Description = "The user's picture, an http or https URL." };

    private readonly Option<string> _expires = new("--expires")
    {
        HelpName = "time",
        DefaultValueFactory = _ => "1h",
        Description = "How long the token holds: 30s, 15m, 1h, 7d.",
    };

    private readonly Option<bool> _admin = new("--admin") { Description = "Make the user an administrator of the server." };

    private readonly SettingFlags _flags = new(
        [
            SettingTable.Get(nameof(RoomWsOptions.JwtSecret)),
            SettingTable.Get(nameof(RoomWsOptions.JwtIssuer)),
            SettingTable.Get(nameof(RoomWsOptions.JwtAudience)),
        ]);

    private TokenCommand()
    {
    }

    public static Command Create(IDictionary variables, TimeProvider time)
    {
        var token = new TokenCommand();
        var command = new Command(
            "token",
            """
            Print a token for a user, signed with JwtSecret (HS256).

            Example: ROOMWS_JwtSecret=... ./run.sh token --user alice --name Alice --expires 15m
            """)
        {
            token._user,
            token._name,
            token._picture,
            token._expires,
            token._admin,
        };
        token._flags.AddTo(command);
        command.SetAction(parsed => token.Run(parsed, variables, time));
        return command;
    }

    private int Run(ParseResult parsed, IDictionary variables, TimeProvider time)
    {
        var settings = _flags.Load(parsed, variables);
        var lifetime = Duration.Parse(parsed.GetValue(_expires)!);
        var problems = Problems(parsed, settings, lifetime).ToList();
        if (problems.Count > 0)
        {
            foreach (var problem in problems) parsed.InvocationConfiguration.Error.WriteLine(problem);
            return ExitCode.WrongUsage;
        }

        var user = parsed.GetValue(_user)!;
        var identity = new UserIdentity(
            user,
            parsed.GetValue(_name) ?? user,
            parsed.GetValue(_picture),
            parsed.GetValue(_admin),
            time.GetUtcNow() + lifetime);
        parsed.InvocationConfiguration.Output.WriteLine(new TokenIssuer(settings.Options.JwtSecret!, settings.Options).Issue(identity));
        return ExitCode.Done;
    }

    // Refuses here what the server would refuse or silently drop, because here the user can still correct it.
    private IEnumerable<string> Problems(ParseResult parsed, LoadedSettings settings, TimeSpan? lifetime)
    {
        var options = settings.Options;
        if (options.JwtSecret is null && !settings.Unread.Contains(nameof(options.JwtSecret)))
        {
            yield return options.JwtPublicKeyFile is null
                ? "There is no JwtSecret to sign with: set ROOMWS_JwtSecret to the one the server has (in development mode no token is needed: connect with ?user=alice)"
                : "Only JwtPublicKeyFile is set, and a public key cannot sign: get the token from whoever holds the private key";
        }
        else
        {
            foreach (var problem in settings.Problems) yield return problem;
        }

        if (!ProfileRules.IsUserId(parsed.GetValue(_user)))
            yield return $"--user must have {ProfileRules.UserIdRule}";
        if (parsed.GetValue(_name) is { } name && !ProfileRules.IsUsername(name, options.Limits))
            yield return $"--name must have 1-{options.Limits.NameLength} characters, one of them to be seen, and no {ProfileRules.NoLayout}";
        if (parsed.GetValue(_picture) is { } picture && !ProfileRules.IsThumbnailUrl(picture, options.Limits))
            yield return $"--picture must be an absolute http or https URL of at most {options.Limits.ThumbnailUrlLength} characters";
        if (lifetime is null)
            yield return $"--expires is \"{parsed.GetValue(_expires)}\"; it must be {Duration.Allowed}";
    }
}
