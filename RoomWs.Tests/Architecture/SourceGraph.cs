using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using RoomWs.Tests.Documentation;

namespace RoomWs.Tests.Architecture;

/// <summary>One use of a type of another file, or of a package.</summary>
/// <param name="File">Where, relative to the project.</param>
/// <param name="Line">The line there.</param>
/// <param name="Type">The type that is used.</param>
/// <param name="Target">The file that declares it, relative to the project; for a package the name of its assembly.</param>
internal sealed record Use(string File, int Line, string Type, string Target)
{
    public string Folder => FolderOf(File);

    public string TargetFolder => FolderOf(Target);

    public override string ToString() => FormattableString.Invariant($"{File}:{Line} uses {Type} of {Target}");

    private static string FolderOf(string file) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? folder.Replace('\\', '/') : "(root)";
}

/// <summary>Which file of RoomWs.Server uses which other file, and which package: as the compiler understands the sources, and not by their text.</summary>
internal sealed class SourceGraph
{
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<SourceGraph> OfServer = new(() => new SourceGraph(Path.Combine(Repository.Root, "RoomWs.Server")));

    private readonly string _project;

    private SourceGraph(string project)
    {
        _project = project;
        var parsing = new CSharpParseOptions(LanguageVersion.Preview);
        var trees = Files(project).Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), parsing, file)).ToList();
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not ("RoomWs.Server.dll" or "RoomWs.Tests.dll" or "RoomWs.Bench.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "RoomWs.Server",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings, parsing)],
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

        // The parts that generators write are missing, and only those: what cannot be understood would be an arrow that nobody sees.
        Unknown = [.. compilation.GetDiagnostics().Where(found => found.Id is "CS0246" or "CS0234" or "CS0103").Select(found => found.ToString())];
        var uses = trees.AsParallel().SelectMany(tree => UsesIn(tree, compilation.GetSemanticModel(tree))).ToList();
        Uses = [.. uses.Where(use => use.Target.EndsWith(".cs", StringComparison.Ordinal))];
        Packages = [.. uses.Except(Uses)];
    }

    public static SourceGraph Server => OfServer.Value;

    /// <summary>Names that mean nothing to the compiler.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>Of a file by another.</summary>
    public IReadOnlyList<Use> Uses { get; }

    /// <summary>Of an assembly that is not this project's.</summary>
    public IReadOnlyList<Use> Packages { get; }

    public static IEnumerable<string> Files(string project) => Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
            && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>The groups of more than one that use each other, directly or round about.</summary>
    public static IReadOnlyList<string[]> Circles(IEnumerable<(string From, string To)> arrows)
    {
        var to = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To, StringComparer.Ordinal);
        var reached = to.ToDictionary(from => from.Key, from => Reach(from.Key, to), StringComparer.Ordinal);
        return [.. reached.Keys
            .Select(from => reached.Keys.Where(other => other == from || (reached[from].Contains(other) && reached[other].Contains(from))).Order(StringComparer.Ordinal).ToArray())
            .Where(circle => circle.Length > 1)
            .DistinctBy(circle => string.Join(' ', circle), StringComparer.Ordinal)];
    }

    private static HashSet<string> Reach(string from, ILookup<string, string> to)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([from]);
        while (next.TryPop(out var at))
        {
            foreach (var target in to[at])
            {
                if (reached.Add(target)) next.Push(target);
            }
        }

        return reached;
    }

    private List<Use> UsesIn(SyntaxTree tree, SemanticModel model)
    {
        var file = Relative(tree.FilePath);
        var uses = new List<Use>();
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null) continue;
            var symbol = model.GetSymbolInfo(name).Symbol;
            var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
            if (type is null) continue;

            var line = tree.GetLineSpan(name.Span).StartLinePosition.Line + 1;
            var declared = type.OriginalDefinition.DeclaringSyntaxReferences.Select(place => place.SyntaxTree.FilePath).Where(path => path.Length > 0).ToList();
            if (declared.Count == 0) uses.Add(new Use(file, line, type.Name, type.ContainingAssembly?.Name ?? ""));
            uses.AddRange(declared.Select(Relative).Where(path => path != file).Select(path => new Use(file, line, type.Name, path)));
        }

        return uses;
    }

    private string Relative(string path) => Path.GetRelativePath(_project, path).Replace('\\', '/');
}
